// Error codes of the query protocol, which has other names and statuses than the JSON protocol.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

const CODES: Readonly<Record<string, { code: string; status: number }>> = {
  MissingAuthenticationTokenException: { code: 'MissingAuthenticationToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature', status: 400 },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  InvalidIdentityToken: { code: 'InvalidIdentityToken', status: 400 },
  // Of the web identity token. The credentials of the JSON protocol have an error of the same name.
  ExpiredWebIdentityToken: { code: 'ExpiredTokenException', status: 400 },
  IDPCommunicationError: { code: 'IDPCommunicationError', status: 400 },
  UnknownOperationException: { code: 'InvalidAction', status: 400 },
  ThrottlingException: { code: 'Throttling', status: 400 },
  InvalidParameterException: { code: 'ValidationError', status: 400 },
  ServerException: { code: 'InternalFailure', status: 500 },
};

export function toQueryError(type: string): { code: string; status: number } {
  return CODES[type] ?? { code: type.replace(/Exception$/, ''), status: 400 };
}
