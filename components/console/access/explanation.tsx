import type { AccessExplanation } from '#lib/repositories/simulator/schema.ts';
import { Notice } from '../../ui/notice.tsx';

/** Whether somebody may do something, what decided, and what would have to change. */
export function Explanation({ explanation }: { explanation: AccessExplanation }) {
  const { principal, action, isAllowed, reason, advice, steps, address, at } = explanation;
  const near = explanation.near.filter(({ sentence }) => sentence !== advice);
  return (
    <section aria-label="Answer" className="flex flex-col gap-3 wrap-anywhere">
      <Notice tone={isAllowed ? 'success' : 'warning'}>
        <p className="font-semibold">
          {principal}: {action} {isAllowed ? 'allowed' : 'denied'}
        </p>
        <p>{reason}</p>
        {advice !== null && <p className="mt-1">{advice}</p>}
      </Notice>
      {near.length > 0 && (
        <div>
          <h3 className="mb-1 font-medium">Related statements</h3>
          <ul className="list-disc pl-5 text-sm">
            {near.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
      {steps.length > 1 && (
        <div>
          <h3 className="mb-1 font-medium">Actions it takes</h3>
          <ul className="text-sm">
            {steps.map((step) => (
              <li key={step.action}>
                <span className="font-mono">{step.action}</span>: {step.isAllowed ? 'allowed' : 'denied'}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="text-sm text-muted">
        From {address ?? 'an unknown address'} at{' '}
        <time dateTime={at.toISOString()}>{at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>, with
        unrestricted credentials.
      </p>
    </section>
  );
}
