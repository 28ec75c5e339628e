// Unit test files share processes, so no file may leave a fake clock to the next one.
import { afterAll, vi } from 'vitest';

afterAll(() => void vi.useRealTimers());
