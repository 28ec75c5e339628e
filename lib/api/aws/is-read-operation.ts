const READ = /^(?:Get|List|Describe|Validate|BatchGet|BatchCheck)[A-Z]/;

/** Whether an AWS operation changes nothing. Their names say so. */
export function isReadOperation(name: string): boolean {
  return READ.test(name);
}
