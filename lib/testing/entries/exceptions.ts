// What may run without an authorization decision, and why. Keep this short: anything else that writes asks lib/access
// first.
import type { EntryKind } from './find-entries.ts';
import type { Exception } from './walk-entries.ts';

const REQUESTS: EntryKind[] = ['action', 'page', 'rest', 'distribution', 'aws'];

export const EXCEPTIONS: Exception[] = [
  {
    why: 'Authentication comes before authorization. It records when a session or token was last used.',
    kinds: REQUESTS,
    names: [
      'lib/identity/sessions/find-session-user.ts findSessionUser',
      'lib/identity/credentials/accept-access-token.ts acceptAccessToken',
      'lib/identity/access-keys/find-key-holder.ts noteKeyUse',
    ],
  },
  {
    why: 'A valid secret, password or identity provider response authenticates the user. Attempts are rate-limited.',
    kinds: REQUESTS,
    names: [
      'lib/identity/sessions/sign-in-user.ts signInUser',
      'lib/identity/sessions/sign-in-by-oidc.ts signInByOidc',
      'lib/identity/sessions/redeem-sign-in-link.ts redeemSignInLink',
      'lib/identity/password-reset/reset-password.ts resetPassword',
      'lib/identity/passkeys/sign-in-with-passkey.ts signInWithPasskey',
      'lib/identity/factors/finish-sign-in.ts finishSignIn',
      'lib/identity/sessions/start-session.ts startSession',
      'lib/identity/sessions/end-session.ts endSession',
    ],
  },
  {
    why: 'Anyone may sign up, ask for a password reset and report a page, within rate limits.',
    kinds: REQUESTS,
    names: [
      'lib/identity/password-reset/request-password-reset.ts requestPasswordReset',
      'lib/identity/sign-up/request-sign-up.ts requestSignUp',
      'lib/identity/sign-up/sign-up-user.ts signUpUser',
      'lib/identity/sign-up/finish-sign-up.ts finishSignUp',
      'lib/repositories/moderation/report-page.ts reportPage',
    ],
  },
  {
    why: 'A signed link from an email ends these emails without a sign-in (RFC 8058).',
    kinds: REQUESTS,
    names: ['lib/following/digest/unsubscribe.ts unsubscribe'],
  },
  {
    why: 'An upload is started or leased for its user in the statement that the authorization reads. Refused requests undo that.',
    kinds: REQUESTS,
    names: [
      'lib/distribution/authorization/find-standing.sql.ts findStandingRows',
      'lib/distribution/push/upload-rows.sql.ts releaseLease',
      'lib/distribution/push/upload-rows.sql.ts removeUpload',
    ],
  },
  {
    why: 'They describe routes without running them.',
    kinds: REQUESTS,
    names: ['lib/api/rest/routes.ts ROUTES'],
  },
  {
    why: 'The site maintains itself by the settings of publishers and operators. There is no caller.',
    kinds: ['job'],
    names: [
      'lib/gallery/jobs/index-repository.ts indexRepository',
      'lib/images/lineage/record-lineage.ts recordLineage',
      'lib/images/lifecycle/run-lifecycle-policy.ts runLifecyclePolicy',
      'lib/images/lifecycle/start-due-runs.ts startDueRuns',
      'lib/replication/plan-tasks.sql.ts planTasks',
      'lib/gallery/jobs/refresh-search.ts refreshSearch',
      'lib/gallery/jobs/refresh-home.ts refreshHome',
      'lib/gallery/jobs/feed-search.ts feedSearch',
      'lib/gallery/jobs/tend-image-sizes.ts tendImageSizes',
      'lib/publishers/jobs/check-names.ts checkNames',
      'lib/identity/jobs/send-notification-email.ts sendNotificationEmail',
      'lib/identity/jobs/reap-sign-ins.ts reapSignIns',
      'lib/gallery/readme/refresh-readme.ts refreshReadme',
      'lib/gallery/readme/refresh-due-readmes.ts refreshDueReadmes',
      'lib/upstream/jobs/evict-blobs.ts evictBlobs',
      'lib/upstream/jobs/forget-paces.ts forgetPaces',
      'lib/upstream/jobs/describe-image.ts describeImage',
      'lib/distribution/jobs/reap-uploads.ts reapUploads',
      'lib/distribution/jobs/collect-garbage.ts collectGarbageJob',
      'lib/aliases/jobs/maintain-requests.ts maintainRequests',
      'lib/events/jobs/expire-audit.ts expireAudit',
      'lib/repositories/usage/expire-traffic.ts expireTraffic',
      'lib/outbound/deliveries/tend-deliveries.ts tendDeliveries',
      'lib/repositories/usage/record-storage.ts recordStorage',
      'lib/site/certificates/renew-certificate.ts renewCertificate',
      'lib/following/digest/send-digests.ts sendDigests',
    ],
  },
  {
    why: 'They start, migrate, verify and maintain the site. The operator has access to its database and files anyway.',
    kinds: ['command'],
    names: [
      'lib/create-app.ts createApp',
      'lib/prepare-database.ts openSiteDatabase',
      'lib/platform/jobs/run-worker.ts migrateJobs',
      'lib/gallery/rebuild-search.ts rebuildSearch',
      'lib/search/meilisearch/meilisearch-feed.ts rebuildMeilisearch',
      'lib/distribution/garbage/collect-garbage.ts collectGarbage',
      'lib/distribution/garbage/brake.ts recordPause',
      'lib/distribution/integrity/scrub-blobs.ts scrubBlobs',
      'lib/backup/create-backup.ts createBackup',
      'lib/backup/restore-backup.ts restoreBackup',
      'lib/backup/record-restore.ts recordRestore',
      'lib/prepare-database.ts openUnmigratedDatabase',
      'lib/distribution/integrity/copy-store.ts copyStore',
      'lib/distribution/integrity/seal-store.ts sealStore',
      'lib/keys/join-master-keys.ts joinMasterKeys',
      'lib/keys/open-sealing.ts openSealing',
      'lib/blobs/s3/open-s3.ts openS3',
      'prisma/seed/add-demo.ts addDemo',
      'prisma/seed/remove-demo.ts removeDemo',
    ],
  },
];
