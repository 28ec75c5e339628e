type MailedLinkFieldsProps = { secret: string; email: string };

/** Hidden fields of a form that sets a password after following a mailed link. */
export function MailedLinkFields({ secret, email }: MailedLinkFieldsProps) {
  return (
    <>
      <input name="secret" type="hidden" value={secret} />
      {/* For password managers. */}
      <input autoComplete="username" name="email" readOnly type="hidden" value={email} />
    </>
  );
}
