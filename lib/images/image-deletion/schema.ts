// Which images to delete. Browser-safe.
import { z } from 'zod';
import { chosenTagSchema, MAX_TAGS_AT_ONCE } from '../tag-deletion/schema.ts';

/** As BatchDeleteImage of the AWS APIs. */
const MAX_IMAGES_AT_ONCE = 100;

const { name, digest } = chosenTagSchema.shape;

/** An image and all tags that it had when it was chosen. */
const chosenImageSchema = z.object({ digest, tags: z.array(name).max(MAX_TAGS_AT_ONCE) });
export type ChosenImage = z.output<typeof chosenImageSchema>;

function imagesOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .min(1, 'Select at least one image.')
    .max(MAX_IMAGES_AT_ONCE, `Select at most ${MAX_IMAGES_AT_ONCE} images.`);
}

export const imageDigestsSchema = imagesOf(digest);
export const chosenImagesSchema = imagesOf(chosenImageSchema);
