/** Use cases name fields by their place in the input, which differs between a mirror's and a registry's. */
export function upstreamKeys(field: string): string[] {
  return [field, `upstream.${field}`];
}
