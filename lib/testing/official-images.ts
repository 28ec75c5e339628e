// Texts of official images, which tests read where a copy lies beside the project. The project ships none of them.
import { existsSync, readFileSync } from 'node:fs';

export type OfficialImage = { name: string; description: string; about: string };

const PLACES = ['../../..', '../../../..'].map(
  (up) => new URL(`${up}/shared/data/official-images/repositories.json`, import.meta.url),
);

/** Null where they aren't. */
export function readOfficialImages(): OfficialImage[] | null {
  const place = PLACES.find((url) => existsSync(url));
  return place ? (JSON.parse(readFileSync(place, 'utf8')) as OfficialImage[]) : null;
}
