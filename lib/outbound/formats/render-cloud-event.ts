import type { Render } from './format.ts';

/**
 * The structured mode of CloudEvents over HTTP. The fields of `data` are those that Argo CD Image Updater reads.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const renderCloudEvent: Render = (event, { registryId, publicHost, site: { region } }) => {
  const { eventId, type, at, fullName, tag, digest, detail } = event;
  const payload = {
    specversion: '1.0',
    id: eventId,
    type: `io.vitrine.${type}`,
    source: `urn:vitrine:${region}:${registryId}`,
    ...(fullName !== null && { subject: fullName }),
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data: {
      registryUrl: publicHost,
      ...(fullName !== null && { repository: fullName }),
      ...(tag !== null && { tag }),
      ...(digest !== null && { digest }),
      ...detail,
    },
  };
  return { contentType: 'application/cloudevents+json; charset=utf-8', payload };
};
