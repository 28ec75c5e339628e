import {
  sampleFields,
  TRUST_SAMPLE_TITLES,
  TRUST_SAMPLES,
  type TrustSample,
} from '#lib/publishers/roles/trust-samples.ts';
import { TextField } from '#components/forms/text-field.tsx';
import { CONSOLE_ROLES, rolesLink } from '#components/links.ts';

type SampleFormProps = {
  registryId: string;
  /** Null before one is chosen. */
  sample: TrustSample | null;
  values: Record<string, string>;
  fieldErrors: Record<string, string>;
};

/** Chooses a preset and asks for its fields, which come back in the page's address. */
export function SampleForm({ registryId, sample, values, fieldErrors }: SampleFormProps) {
  return (
    <>
      <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <span>Start with</span>
        {TRUST_SAMPLES.map((offered) => (
          <a
            aria-current={offered === sample ? 'true' : undefined}
            className={offered === sample ? 'font-semibold' : 'link'}
            href={rolesLink({ registry: registryId, sample: offered })}
            key={offered}
          >
            {TRUST_SAMPLE_TITLES[offered]}
          </a>
        ))}
      </p>
      {sample && (
        <form
          action={`${CONSOLE_ROLES}#new-role`}
          className="mb-6 flex flex-col gap-4 rounded-lg border border-line p-4"
        >
          <input name="registry" type="hidden" value={registryId} />
          <input name="sample" type="hidden" value={sample} />
          {sampleFields(sample).map(({ name, label, hint, isOptional, start }) => (
            <TextField
              defaultValue={values[name] ?? start ?? ''}
              error={fieldErrors[name]}
              hint={isOptional ? `${hint ?? ''}. Optional` : hint}
              isCode
              key={`${sample} ${name}`}
              label={label}
              maxLength={255}
              name={name}
              required={!isOptional}
            />
          ))}
          <div>
            <button className="button" type="submit">
              Write trust policy
            </button>
          </div>
        </form>
      )}
    </>
  );
}
