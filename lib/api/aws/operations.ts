// Every operation of the JSON protocol, by `SERVICE:NAME`.
import type { AwsOperation } from './define-operations.ts';
import { ECR_AUTHORIZATION } from './ecr/authorization.ts';
import { ECR_REPOSITORIES } from './ecr/repositories.ts';
import { ECR_IMAGES } from './ecr/images.ts';
import { ECR_LAYERS } from './ecr/layers.ts';
import { ECR_POLICIES } from './ecr/policies.ts';
import { ECR_LIFECYCLE } from './ecr/lifecycle.ts';
import { ECR_BACKFILLS } from './ecr/backfills.ts';
import { ECR_REPLICATION } from './ecr/replication.ts';
import { ECR_PULL_THROUGH } from './ecr/pull-through.ts';
import { ECR_TEMPLATES } from './ecr/templates.ts';
import { ECR_SCANNING } from './ecr/scanning.ts';
import { ECR_SIGNING } from './ecr/signing.ts';
import { ECR_ACCOUNT } from './ecr/account.ts';
import { ECR_TAGS } from './ecr/tags.ts';
import { PUBLIC_REGISTRIES } from './ecr-public/registries.ts';
import { PUBLIC_REPOSITORIES } from './ecr-public/repositories.ts';
import { PUBLIC_IMAGES } from './ecr-public/images.ts';
import { PUBLIC_LAYERS } from './ecr-public/layers.ts';
import { PUBLIC_POLICIES } from './ecr-public/policies.ts';
import { PUBLIC_TAGS } from './ecr-public/tags.ts';

const ALL: readonly AwsOperation[] = [
  ...ECR_AUTHORIZATION,
  ...ECR_REPOSITORIES,
  ...ECR_IMAGES,
  ...ECR_LAYERS,
  ...ECR_POLICIES,
  ...ECR_LIFECYCLE,
  ...ECR_REPLICATION,
  ...ECR_BACKFILLS,
  ...ECR_PULL_THROUGH,
  ...ECR_TEMPLATES,
  ...ECR_SCANNING,
  ...ECR_SIGNING,
  ...ECR_ACCOUNT,
  ...ECR_TAGS,
  ...PUBLIC_REGISTRIES,
  ...PUBLIC_REPOSITORIES,
  ...PUBLIC_IMAGES,
  ...PUBLIC_LAYERS,
  ...PUBLIC_POLICIES,
  ...PUBLIC_TAGS,
];

export const AWS_OPERATIONS: ReadonlyMap<string, AwsOperation> = new Map(
  ALL.map((operation) => [`${operation.service}:${operation.name}`, operation]),
);
