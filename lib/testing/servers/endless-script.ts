/** For the offload: never ends, and never yields. */
export function run(): never {
  for (;;);
}
