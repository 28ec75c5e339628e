import { logoLink } from '../links.ts';

const TINTS = [
  'bg-[light-dark(#e4ecf7,#1b2a3f)] text-[light-dark(#284a78,#a9c8f0)]',
  'bg-[light-dark(#e5f1e6,#1b3020)] text-[light-dark(#2b5a33,#a8d8b0)]',
  'bg-[light-dark(#f6ecdf,#35281a)] text-[light-dark(#6f4a17,#e6c395)]',
  'bg-[light-dark(#f3e6f0,#35203a)] text-[light-dark(#6d3164,#e2b1d9)]',
  'bg-[light-dark(#e3f1f3,#173036)] text-[light-dark(#1d5660,#9ad6e0)]',
  'bg-[light-dark(#ecebf7,#26254a)] text-[light-dark(#47428a,#bfbaf2)]',
];

const SIZES = {
  small: { pixels: 28, look: 'size-7 rounded text-xs' },
  medium: { pixels: 36, look: 'size-9 rounded-md text-sm' },
  large: { pixels: 48, look: 'size-12 rounded-lg text-lg' },
  huge: { pixels: 72, look: 'size-18 rounded-xl text-2xl' },
};

type AvatarTileProps = { name: string; logoId?: string | null; size?: keyof typeof SIZES };

/** Shows the logo, or two letters on a tint derived from the name. Both reserve the same space. */
export function AvatarTile({ name, logoId = null, size = 'medium' }: AvatarTileProps) {
  const { pixels, look } = SIZES[size];
  if (logoId !== null) {
    return (
      // A white background in both themes, because most logos assume one.
      <img
        alt=""
        className={`shrink-0 border border-line bg-white object-contain ${look}`}
        decoding="async"
        height={pixels}
        loading="lazy"
        src={logoLink(logoId)}
        width={pixels}
      />
    );
  }
  return (
    <span
      aria-hidden="true"
      className={`inline-flex shrink-0 items-center justify-center font-semibold select-none ${look} ${TINTS[tintIndex(name)]}`}
    >
      {initials(name)}
    </span>
  );
}

/** `kube-state-metrics` → KS, `nginx` → NG */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = '', second] = words;
  const letters = second === undefined ? [...first].slice(0, 2) : [[...first][0], [...second][0]];
  return letters.join('').toUpperCase();
}

function tintIndex(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return sum % TINTS.length;
}
