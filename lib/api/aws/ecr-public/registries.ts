import { issueAuthorizationToken } from '../authorization-token.ts';
import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_REGISTRIES_SHAPES } from './shapes/registries.ts';

export const PUBLIC_REGISTRIES = defineOperations('ecr-public', PUBLIC_REGISTRIES_SHAPES, {
  GetAuthorizationToken: async (app, call) => ({ authorizationData: await issueAuthorizationToken(app, call) }),
  DescribeRegistries: refuseUnsupported,
  GetRegistryCatalogData: refuseUnsupported,
  PutRegistryCatalogData: refuseUnsupported,
});
