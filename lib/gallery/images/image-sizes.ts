// Remembers the sizes of images that this site has served for publishers' texts, so that a page reserves their space.
import { LRUCache } from 'lru-cache';
import { measureImage, type ImageSize } from './measure-image.ts';

const MAX_SIZES = 20_000;

export class ImageSizes {
  readonly #sizes = new LRUCache<string, ImageSize & { bytes: number }>({ max: MAX_SIZES });

  /** @param path of the image on this site, as rendered HTML has it */
  async remember(path: string, { bytes, type }: { bytes: Buffer; type: string }): Promise<void> {
    // Most images are served again unchanged. A badge may change and keep its length.
    if (type !== 'image/svg+xml' && this.#sizes.get(path)?.bytes === bytes.length) return;
    const size = await measureImage(bytes, type);
    if (size) this.#sizes.set(path, { ...size, bytes: bytes.length });
    else this.#sizes.delete(path);
  }

  /** Adds known sizes to the images of rendered Markdown, which escapes quotes in attributes. */
  addTo(html: string): string {
    return html.replace(/<img (?:[^"<>]+="[^"]*")+/g, (image) => {
      const size = this.#sizes.get(/ src="([^"]*)"/.exec(image)?.[1] ?? '');
      if (!size || / (?:width|height|srcset)="/.test(image)) return image;
      return `${image} width="${size.width}" height="${size.height}"`;
    });
  }
}
