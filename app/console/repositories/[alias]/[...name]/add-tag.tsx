import { RetagForm } from '#components/tags/retag-form.tsx';
import { retagAction } from '../../actions.ts';

/** `sources` are suggestions. */
export function AddTag({ repository, sources }: { repository: { alias: string; name: string }; sources: string[] }) {
  return (
    <section aria-labelledby="add-a-tag" className="mt-8 max-w-xl">
      <h2 className="mb-3 text-lg font-semibold" id="add-a-tag">
        Add a tag
      </h2>
      <RetagForm action={retagAction.bind(null, repository)} tags={sources} />
    </section>
  );
}
