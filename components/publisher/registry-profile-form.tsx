import type { PublisherProfile } from '#lib/publishers/schema.ts';
import { MAX_BIO_LENGTH, MAX_PINS } from '#lib/publishers/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { BannerField } from './banner-field.tsx';
import { PinsField } from './pins-field.tsx';

type RegistryProfileFormProps = {
  action: FormAction;
  displayName: string;
  isVerifiedByAdmin: boolean;
  profile: PublisherProfile & { pins: string[] };
  /** Names of repositories to pin. */
  pinnable: string[];
};

export function RegistryProfileForm(props: RegistryProfileFormProps) {
  const { action, displayName, isVerifiedByAdmin, profile, pinnable } = props;
  return (
    <ActionForm
      action={action}
      button="Save profile"
      className="gap-5"
      noticePlace="bottom"
      successNotice="Profile saved."
      warnsOfUnsaved
    >
      <TextField
        defaultValue={displayName}
        hint={
          isVerifiedByAdmin
            ? 'Verified publishers can’t change this. Ask an admin'
            : 'Names similar to another publisher’s are reviewed first'
        }
        label="Publisher name"
        maxLength={100}
        name="displayName"
      />
      <TextAreaField
        defaultValue={profile.bio}
        hint={`Plain text, at most ${MAX_BIO_LENGTH} characters`}
        label="Bio"
        maxLength={MAX_BIO_LENGTH}
        name="bio"
        rows={4}
      />
      <TextField
        defaultValue={profile.website}
        inputMode="url"
        label="Website"
        maxLength={300}
        name="website"
        placeholder="https://example.org"
      />
      <TextField
        defaultValue={profile.sourceUrl}
        hint="Your organisation at a code host"
        inputMode="url"
        label="Source organisation"
        maxLength={300}
        name="sourceUrl"
        placeholder="https://codeberg.org/example"
      />
      <TextField
        defaultValue={profile.contact}
        hint="An email address or a link. Everyone can see it"
        label="Contact"
        maxLength={300}
        name="contact"
      />
      <BannerField defaultValue={profile.bannerColour} />
      <PinsField max={MAX_PINS} names={pinnable} pins={profile.pins} />
    </ActionForm>
  );
}
