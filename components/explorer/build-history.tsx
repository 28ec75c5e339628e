import type { BuildHistory as History, BuildStep } from '#lib/oci/build-history.ts';
import { toVisibleLines, toVisibleText } from '#lib/oci/visible-text.ts';
import { formatBytes } from '../ui/format-number.ts';
import { DigestLink } from './digest-link.tsx';

export type LayerRow = {
  digest: string;
  mediaType: string;
  sizeBytes: number;
  isHere: boolean;
  href: string;
  /** The file name of an artifact's layer. */
  title: string | null;
};

/** Bounds rendering time. Images have at most 127 layers. */
const MAX_STEPS = 150;
const MAX_LENGTH = 4_000;
const BAR_WIDTH = 1_000;
const TONES = ['fill-accent', 'fill-line-control'];

/** Build steps from the image's history, next to the layers they produced. */
export function BuildSteps({ history: { steps, isMatched } }: { history: History<LayerRow> }) {
  const layers = steps.flatMap(({ layer }) => layer ?? []);
  const totalBytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <>
      {!isMatched && (
        <p className="mb-2 text-muted">
          The history and the manifest list different numbers of layers, so they are shown separately.
        </p>
      )}
      <LayerBar layers={layers} totalBytes={totalBytes} />
      <ol className="rounded-lg border border-line">
        {steps.slice(0, MAX_STEPS).map((step, i) => (
          <Step key={i} step={step} totalBytes={totalBytes} />
        ))}
      </ol>
      {steps.length > MAX_STEPS && (
        <p className="mt-1 text-sm text-muted">
          Only the first {MAX_STEPS} steps are shown. The raw manifest lists all.
        </p>
      )}
    </>
  );
}

/** A bar of all layers, proportional to compressed size. The list below holds the same data as text. */
function LayerBar({ layers, totalBytes }: { layers: LayerRow[]; totalBytes: number }) {
  if (totalBytes === 0 || layers.length < 2) return null;
  const shown = layers.slice(0, MAX_STEPS);
  const starts = runningSums(shown.map(({ sizeBytes }) => sizeBytes));
  const toWidth = (bytes: number) => (bytes / totalBytes) * BAR_WIDTH;
  return (
    <svg
      aria-hidden="true"
      className="mb-3 h-2.5 w-full rounded-sm"
      preserveAspectRatio="none"
      viewBox={`0 0 ${BAR_WIDTH} 10`}
    >
      {shown.map(({ sizeBytes }, i) => (
        <rect
          className={TONES[i % TONES.length]}
          height={10}
          key={i}
          width={toWidth(sizeBytes)}
          x={toWidth(starts[i] ?? 0)}
          y={0}
        />
      ))}
    </svg>
  );
}

/** The offset of each layer. */
function runningSums(values: number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

function Step({ step, totalBytes }: { step: BuildStep<LayerRow>; totalBytes: number }) {
  const { instruction, comment, layer, isEmpty } = step;
  return (
    <li className="grid gap-x-6 gap-y-1.5 border-line px-3 py-2 not-first:border-t md:grid-cols-[minmax(0,1fr)_17rem]">
      <div className="min-w-0">
        {instruction ? (
          <code className="block font-mono text-xs leading-5 break-words whitespace-pre-wrap">
            {toVisibleLines(instruction, MAX_LENGTH)}
          </code>
        ) : (
          <Untold title={layer?.title ?? null} />
        )}
        {comment && <p className="text-xs break-words text-muted">{toVisibleText(comment, 300)}</p>}
      </div>
      {layer ? <Layer layer={layer} totalBytes={totalBytes} /> : <NoLayer isEmpty={isEmpty} />}
    </li>
  );
}

function Untold({ title }: { title: string | null }) {
  if (title === null) return <span className="text-sm text-muted">No command recorded.</span>;
  return <span className="font-mono text-sm break-all">{toVisibleText(title, 300)}</span>;
}

function NoLayer({ isEmpty }: { isEmpty: boolean }) {
  return <p className="text-sm text-muted">{isEmpty ? 'Empty layer, no file changes' : 'Layer unknown'}</p>;
}

function Layer({ layer, totalBytes }: { layer: LayerRow; totalBytes: number }) {
  const { digest, mediaType, sizeBytes, isHere, href } = layer;
  const share = totalBytes === 0 ? 0 : Math.max(1, (sizeBytes / totalBytes) * 100);
  return (
    <div className="min-w-0 text-sm">
      <div className="flex items-center justify-between gap-3">
        <DigestLink digest={digest} href={href} />
        <span className="whitespace-nowrap tabular-nums">{formatBytes(sizeBytes)}</span>
      </div>
      <svg aria-hidden="true" className="h-1 w-full" preserveAspectRatio="none" viewBox="0 0 100 4">
        <rect className="fill-surface-strong" height={4} width={100} />
        <rect className="fill-accent" height={4} width={share} />
      </svg>
      <p className="mt-1 text-xs break-all text-muted">
        {mediaType}
        {!isHere && ' · not stored here'}
      </p>
    </div>
  );
}
