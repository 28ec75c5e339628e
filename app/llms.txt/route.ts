import { writeLlmsText } from '#lib/api/feeds/write-llms-text.ts';
import { getApp } from '#lib/app.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { siteDescription, siteName } from '#lib/site/schema.ts';

export async function GET(request: Request): Promise<Response> {
  const { siteSettings, config } = getApp();
  const settings = await siteSettings.read();
  const body = writeLlmsText({
    name: siteName(settings),
    description: siteDescription(settings),
    origin: config.publicUrl,
    host: new URL(config.publicUrl).host,
  });
  return answerCacheable(request, {
    body,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'public, max-age=3600' },
  });
}
