/** What sites that show previews of links ask for. */
export const PREVIEW_WIDTH = 1_200;
export const PREVIEW_HEIGHT = 630;
