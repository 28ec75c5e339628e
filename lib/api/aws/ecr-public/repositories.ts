import { defineOperations } from '../define-operations.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { PUBLIC_REPOSITORIES_SHAPES } from './shapes/repositories.ts';

export const PUBLIC_REPOSITORIES = defineOperations('ecr-public', PUBLIC_REPOSITORIES_SHAPES, {
  CreateRepository: refuseUnsupported,
  DescribeRepositories: refuseUnsupported,
  DeleteRepository: refuseUnsupported,
  GetRepositoryCatalogData: refuseUnsupported,
  PutRepositoryCatalogData: refuseUnsupported,
});
