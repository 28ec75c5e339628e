// Every route of /api/v1, by subject.
import { z } from 'zod';
import { defineRoute, type RestRoute } from './define-route.ts';
import { buildOpenApi } from './openapi.ts';
import { ATTACHED_POLICY_ROUTES } from './routes/policies/attached-policies.ts';
import { IDENTITY_POLICY_ROUTES } from './routes/policies/identity-policies.ts';
import { MANAGED_POLICY_ROUTES } from './routes/policies/managed-policies.ts';
import { ACCESS_ROUTES } from './routes/policies/access.ts';
import { ACCESS_KEY_ROUTES } from './routes/access-keys/access-keys.ts';
import { ACCOUNT_ROUTES } from './routes/account.ts';
import { ADMIN_ROUTES } from './routes/admin.ts';
import { ALIAS_ROUTES } from './routes/aliases.ts';
import { ATTACHMENT_ROUTES } from './routes/attachments.ts';
import { AUDIT_ROUTES } from './routes/audit.ts';
import { COMPARISON_ROUTES } from './routes/comparison.ts';
import { DELETION_ROUTES } from './routes/deletions.ts';
import { FOLLOWING_ROUTES } from './routes/following.ts';
import { GALLERY_ROUTES } from './routes/gallery.ts';
import { PULL_THROUGH_RULE_ROUTES } from './routes/creation/pull-through-rules.ts';
import { TEMPLATE_ROUTES } from './routes/creation/templates.ts';
import { LIFECYCLE_ROUTES } from './routes/lifecycle/lifecycle.ts';
import { REPLICATION_ROUTES } from './routes/replication/replication.ts';
import { LOGO_ROUTES } from './routes/logos.ts';
import { ME_ROUTES } from './routes/me.ts';
import { MEMBER_ROUTES } from './routes/members.ts';
import { MIRROR_ROUTE_ROUTES } from './routes/mirror-routes.ts';
import { MIRROR_ROUTES } from './routes/mirrors.ts';
import { MODERATION_ROUTES } from './routes/moderation.ts';
import { MOVE_ROUTES } from './routes/moves.ts';
import { POLICY_ROUTES } from './routes/policies/policies.ts';
import { REGISTRY_POLICY_ROUTES } from './routes/policies/registry-policy.ts';
import { REPOSITORY_ROUTES } from './routes/repositories.ts';
import { REVIEW_ROUTES } from './routes/review.ts';
import { ROBOT_ROUTES } from './routes/robots/robots.ts';
import { ROLE_ROUTES } from './routes/roles/roles.ts';
import { TEAM_POLICY_ROUTES } from './routes/teams/team-policies.ts';
import { TEAM_ROUTES } from './routes/teams/teams.ts';
import { SITE_ROUTES } from './routes/site.ts';
import { SUGGESTION_ROUTES } from './routes/suggestions.ts';
import { USAGE_ROUTES } from './routes/usage.ts';
import { WEBHOOK_ROUTES } from './routes/webhooks/webhooks.ts';

const SUBJECTS: RestRoute[] = [
  ...GALLERY_ROUTES,
  ...SUGGESTION_ROUTES,
  ...REPOSITORY_ROUTES,
  ...POLICY_ROUTES,
  ...ACCESS_ROUTES,
  ...ATTACHMENT_ROUTES,
  ...COMPARISON_ROUTES,
  ...DELETION_ROUTES,
  ...LIFECYCLE_ROUTES,
  ...REPLICATION_ROUTES,
  ...MOVE_ROUTES,
  ...ME_ROUTES,
  ...USAGE_ROUTES,
  ...ACCOUNT_ROUTES,
  ...FOLLOWING_ROUTES,
  ...MEMBER_ROUTES,
  ...ACCESS_KEY_ROUTES,
  ...ROBOT_ROUTES,
  ...ROLE_ROUTES,
  ...TEAM_ROUTES,
  ...REGISTRY_POLICY_ROUTES,
  ...TEAM_POLICY_ROUTES,
  ...IDENTITY_POLICY_ROUTES,
  ...ATTACHED_POLICY_ROUTES,
  ...MANAGED_POLICY_ROUTES,
  ...LOGO_ROUTES,
  ...WEBHOOK_ROUTES,
  ...ALIAS_ROUTES,
  ...MIRROR_ROUTES,
  ...PULL_THROUGH_RULE_ROUTES,
  ...TEMPLATE_ROUTES,
  ...REVIEW_ROUTES,
  ...MODERATION_ROUTES,
  ...ADMIN_ROUTES,
  ...SITE_ROUTES,
  ...MIRROR_ROUTE_ROUTES,
  ...AUDIT_ROUTES,
];

const OPENAPI_ROUTE = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  reach: { to: 'none' },
  summary: 'Get the OpenAPI document of this API',
  tag: 'meta',
  access: 'anyone',
  output: z.record(z.string(), z.unknown()),
  // Building it takes 20 ms.
  handle: ({ apiDocuments, config }) =>
    apiDocuments.get('openapi', () => Promise.resolve(buildOpenApi(ROUTES, config.publicUrl))),
});

export const ROUTES: readonly RestRoute[] = [...SUBJECTS, OPENAPI_ROUTE];
