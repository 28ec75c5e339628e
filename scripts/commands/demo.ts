import { addDemo } from '../../prisma/seed/add-demo.ts';
import { removeDemo } from '../../prisma/seed/remove-demo.ts';
import { print, withApp, type Command } from './command.ts';

export const addDemoCommand: Command = {
  summary: 'Add the demo gallery if it is missing',
  options: {},
  run: async (values) => {
    await withApp(addDemo);
    print(values, { ok: true }, ['Demo gallery added. `npm run demo:remove` removes it.']);
  },
};

export const removeDemoCommand: Command = {
  summary: 'Remove the demo gallery',
  options: {},
  run: async (values) => {
    const publishers = await withApp(removeDemo);
    print(values, { publishers }, [publishers ? `Removed ${publishers} demo publishers.` : 'No demo gallery found.']);
  },
};
