const READ = /^(?:Get|List|Describe|Validate|BatchGet|BatchCheck)[A-Z]/;

/** Whether an AWS operation is read-only, by its name. */
export function isReadOperation(name: string): boolean {
  return READ.test(name);
}
