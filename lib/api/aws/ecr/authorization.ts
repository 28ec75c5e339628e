// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
import { issueAuthorizationToken } from '../authorization-token.ts';
import { invalidParameter } from '../aws-error.ts';
import { defineOperations } from '../define-operations.ts';
import { ECR_AUTHORIZATION_SHAPES } from './shapes/authorization.ts';

export const ECR_AUTHORIZATION = defineOperations('ecr', ECR_AUTHORIZATION_SHAPES, {
  GetAuthorizationToken: async (app, call, { registryIds = [call.holder.membership.registryId] }) => {
    if (registryIds.length === 0) throw invalidParameter('registryIds', 'must have length greater than or equal to 1');
    const token = await issueAuthorizationToken(app, call);
    // One token serves every registry that its key reaches.
    return { authorizationData: registryIds.map(() => ({ ...token, proxyEndpoint: call.baseUrl })) };
  },
});
