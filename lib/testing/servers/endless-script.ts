/** An offload script that never ends or yields. */
export function run(): never {
  for (;;);
}
