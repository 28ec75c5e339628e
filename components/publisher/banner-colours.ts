import type { BannerColour } from '#lib/publishers/schema.ts';

/** Written out, because Tailwind reads this file. Each has a contrast of 3:1 with the page in both themes. */
export const BANNER_FILLS: Record<BannerColour, string> = {
  teal: 'bg-[light-dark(#0f8a80,#1f7a72)]',
  blue: 'bg-[light-dark(#3268c9,#3a66b0)]',
  violet: 'bg-[light-dark(#7a52c7,#7358b8)]',
  rose: 'bg-[light-dark(#c2416f,#a84568)]',
  amber: 'bg-[light-dark(#b0730f,#94671f)]',
  green: 'bg-[light-dark(#3f8a3f,#3d7a42)]',
  slate: 'bg-[light-dark(#5d6675,#5a6270)]',
};

export const BANNER_NAMES: Record<BannerColour, string> = {
  teal: 'Teal',
  blue: 'Blue',
  violet: 'Violet',
  rose: 'Rose',
  amber: 'Amber',
  green: 'Green',
  slate: 'Slate',
};
