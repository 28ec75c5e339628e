// A registry's profile, members and invitations.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { changeMemberRole } from '#lib/publishers/members/change-member-role.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { leaveRegistry } from '#lib/publishers/members/leave-registry.ts';
import { listInvitations, listMembers } from '#lib/publishers/members/member-queries.ts';
import { removeMember } from '#lib/publishers/members/remove-member.ts';
import { revokeInvitation } from '#lib/publishers/members/revoke-invitation.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { BANNER_COLOURS, MAX_BIO_LENGTH, MAX_PINS } from '#lib/publishers/schema.ts';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import { defineRoute } from '../define-route.ts';
import { findJoinedRegistry, findOwnRegistry } from '../find-own-registry.ts';

const tag = 'members';
const registrySchema = z.object({ registryId: z.string() });
const memberKeySchema = registrySchema.extend({ userId: z.string() });
const roleSchema = z.enum(REGISTRY_ROLES);

const invitationSchema = z.object({ id: z.string(), email: z.string(), role: roleSchema, expiresAt: z.date() });

export const MEMBER_ROUTES = [
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: "Change a registry's profile",
    params: registrySchema,
    body: z
      .object({
        displayName: z.string(),
        bio: z.string().describe(`At most ${MAX_BIO_LENGTH} characters. Plain text`),
        website: z.string().describe('An https URL'),
        sourceUrl: z.string().describe('The organisation at a code host: an https URL'),
        contact: z.string().describe('An email address or an https URL'),
        bannerColour: z.enum(['', ...BANNER_COLOURS]),
        pins: z
          .array(z.string())
          .describe(`Public repositories of the registry, without the alias, in order. At most ${MAX_PINS}`),
      })
      .partial()
      .describe('Omitted fields keep their values. An empty text removes one'),
    handle: async (app, { caller, params, body }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return updateRegistryProfile(app, { caller, registryKey: id, ...body });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/members',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List a registry's members. For members",
    params: registrySchema,
    output: z.object({
      members: z.array(
        z.object({
          userId: z.string(),
          email: z.string(),
          isEmailProven: z.boolean().describe('Whether the address has been verified'),
          displayName: z.string(),
          role: roleSchema,
          createdAt: z.date(),
        }),
      ),
    }),
    handle: async (app, { caller, params }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return { members: await listMembers(app, { registryKey: id }) };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/members/{userId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: "Change a member's role",
    params: memberKeySchema,
    body: z.object({ role: roleSchema }),
    handle: async (app, { caller, params: { registryId, userId }, body }) => {
      const { id } = await findOwnRegistry(app, caller, registryId);
      return changeMemberRole(app, { caller, registryKey: id, userId, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/members/{userId}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Remove a member',
    params: memberKeySchema,
    handle: async (app, { caller, params: { registryId, userId } }) => {
      const { id } = await findOwnRegistry(app, caller, registryId);
      return removeMember(app, { caller, registryKey: id, userId });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/leave',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Leave a registry',
    params: registrySchema,
    handle: async (app, { caller, params }) => {
      const { id } = await findJoinedRegistry(app, caller, params.registryId);
      return leaveRegistry(app, { caller, registryKey: id });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/invitations',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List open invitations. For owners and maintainers',
    params: registrySchema,
    output: z.object({
      invitations: z.array(invitationSchema.extend({ createdAt: z.date(), isExpired: z.boolean() })),
    }),
    handle: async (app, { caller, params }) => {
      const { id, ...membership } = await findOwnRegistry(app, caller, params.registryId);
      requireAllowed({ ...caller, action: 'vitrine:ListInvitations', membership });
      return { invitations: await listInvitations(app, { registryKey: id }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/invitations',
    tag,
    access: 'user',
    status: 201,
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Invite a member. The link in the response is shown only once',
    params: registrySchema,
    body: z.object({ email: z.string(), role: roleSchema }),
    output: invitationSchema.extend({ link: z.string(), isEmailSent: z.boolean() }),
    handle: async (app, { caller, params, body }) => {
      const { id } = await findOwnRegistry(app, caller, params.registryId);
      return inviteMember(app, { caller, registryKey: id, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/invitations/{id}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull', 'push', 'delete'] },
    summary: 'Revoke an invitation',
    params: registrySchema.extend({ id: z.string() }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return revokeInvitation(app, { caller, registryKey, id: params.id });
    },
  }),
];
