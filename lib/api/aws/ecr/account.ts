import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { ECR_ACCOUNT_SHAPES } from './shapes/account.ts';

export const ECR_ACCOUNT = defineOperations('ecr', ECR_ACCOUNT_SHAPES, {
  GetAccountSetting: refuseUnsupported,
  PutAccountSetting: refuseUnsupported,
  RegisterPullTimeUpdateExclusion: refuseUnsupported,
  DeregisterPullTimeUpdateExclusion: refuseUnsupported,
  ListPullTimeUpdateExclusions: refuseUnsupported,
});
