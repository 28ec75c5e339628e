// Logos of the demo's publishers and repositories, drawn as SVG.

type Logo = { from: string; to: string; shape: string };

function draw({ from, to, shape }: Logo): string {
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">',
    `<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>`,
    '<rect width="128" height="128" fill="url(#g)"/>',
    shape,
    '</svg>',
  ].join('');
}

const line = (path: string, width = 8, color = '#fff') =>
  `<path d="${path}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const fill = (path: string, color = '#fff') => `<path d="${path}" fill="${color}"/>`;
const circle = (x: number, y: number, r: number, color = '#fff') =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${color}"/>`;
const wave = (y: number, color: string) => line(`M24 ${y}c13-12 27-12 40 0s27 12 40 0`, 8, color);

const LANTERN =
  line('M48 40h32M44 92h40M50 40l-8 52M78 40l8 52M54 40a10 12 0 0 1 20 0') +
  fill('M64 56c9 10 9 24 0 28c-9-4-9-18 0-28z', '#ffe08a');

export const LOGOS = {
  lanternworks: draw({ from: '#f59f00', to: '#c2410c', shape: LANTERN }),
  tidepool: draw({
    from: '#0ea5b7',
    to: '#0b4f8a',
    shape: wave(56, '#fff') + wave(76, '#a5f3fc') + wave(96, '#67e8f9') + circle(88, 34, 7, '#fef3c7'),
  }),
  quillbase: draw({
    from: '#7c3aed',
    to: '#4c1d95',
    shape:
      fill('M96 28C62 30 42 54 40 88l8-2c24-4 44-22 48-58z', '#ede9fe') +
      line('M34 102C46 76 62 60 80 46', 6, '#5b21b6') +
      line('M30 106h36', 6, '#ddd6fe'),
  }),
  brasslab: draw({
    from: '#a16207',
    to: '#713f12',
    shape:
      fill('M54 28h20v28l24 40a6 6 0 0 1-5 9H35a6 6 0 0 1-5-9l24-40z', '#fef9c3') +
      fill('M47 76h34l13 22H34z', '#eab308') +
      line('M48 28h32', 8, '#fef9c3'),
  }),
  fernwood: draw({
    from: '#16a34a',
    to: '#14532d',
    shape:
      line('M64 106V34', 6, '#dcfce7') +
      line(
        'M64 52c-4-12-14-16-24-14M64 52c4-12 14-16 24-14M64 70c-5-12-17-17-28-14M64 70c5-12 17-17 28-14M64 88c-5-11-16-15-26-13M64 88c5-11 16-15 26-13',
        7,
        '#bbf7d0',
      ),
  }),
  stonebridge: draw({
    from: '#64748b',
    to: '#1e293b',
    shape:
      line('M20 62h88', 10, '#e2e8f0') +
      line('M30 92a18 18 0 0 1 34 0M64 92a18 18 0 0 1 34 0', 8, '#94a3b8') +
      line('M30 62v32M64 62v32M98 62v32', 8, '#cbd5e1') +
      line('M36 46h12M58 46h12M80 46h12', 8, '#94a3b8'),
  }),
  northlight: draw({
    from: '#1e1b4b',
    to: '#0f766e',
    shape:
      line('M26 92c10-40 20-48 30-30s18 12 26-14 14-18 22-8', 8, '#5eead4') +
      line('M26 104h78', 5, '#99f6e4') +
      fill('M92 18l3 9 9 3-9 3-3 9-3-9-9-3 9-3z', '#fef08a'),
  }),
  copperkettle: draw({
    from: '#ea580c',
    to: '#7c2d12',
    shape:
      fill('M40 56h44l10 38a8 8 0 0 1-8 10H38a8 8 0 0 1-8-10z', '#ffedd5') +
      line('M46 56c0-24 32-24 32 0', 7, '#ffedd5') +
      line('M92 72l14-12', 9, '#ffedd5') +
      line('M54 26c-4-6 4-8 0-14M68 26c-4-6 4-8 0-14', 4, '#fed7aa'),
  }),
  kv: draw({
    from: '#0369a1',
    to: '#082f49',
    shape:
      circle(46, 64, 18, '#7dd3fc') + circle(46, 64, 8, '#0c4a6e') + line('M64 64h38M88 64v14M102 64v10', 9, '#7dd3fc'),
  }),
  base: draw({
    from: '#15803d',
    to: '#052e16',
    shape:
      fill('M64 30l38 18-38 18-38-18z', '#bbf7d0') +
      line('M26 66l38 18 38-18', 7, '#86efac') +
      line('M26 84l38 18 38-18', 7, '#4ade80'),
  }),
  blockgarden: draw({
    from: '#65a30d',
    to: '#3f6212',
    shape:
      fill('M28 74h36v30H28z', '#78350f') +
      fill('M64 74h36v30H64z', '#92400e') +
      fill('M28 66h72v12H28z', '#bef264') +
      fill('M58 40h12v26H58z', '#ecfccb') +
      fill('M44 28h40v20H44z', '#facc15'),
  }),
  sparrow: draw({
    from: '#0f766e',
    to: '#134e4a',
    shape:
      fill('M30 80c6-30 30-44 56-36l14-6-6 14c2 28-22 46-50 40l-22 10z', '#ccfbf1') +
      circle(82, 56, 4, '#134e4a') +
      line('M52 76c10 2 20-2 26-10', 5, '#0f766e'),
  }),
};
