/** The size that link previews expect. */
export const PREVIEW_WIDTH = 1_200;
export const PREVIEW_HEIGHT = 630;
