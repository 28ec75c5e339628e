import { Notice } from '../ui/notice.tsx';

/** New recovery codes, which are shown once. */
export function RecoveryCodes({ codes, site }: { codes: string[]; site: string }) {
  const text = `Recovery codes for ${site}\nEach works once.\n\n${codes.join('\n')}\n`;
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">Recovery codes</h3>
      <Notice tone="warning">
        Save these codes now, because they won’t be shown again. Each signs you in once if you lose your device.
      </Notice>
      <ul className="grid grid-cols-1 gap-x-6 gap-y-1 rounded-md border border-line bg-surface p-3 font-mono sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <p>
        <a
          className="button button-small"
          download="recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
        >
          Download codes
        </a>
      </p>
    </section>
  );
}
