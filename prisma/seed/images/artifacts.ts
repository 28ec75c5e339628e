// Charts and other artifacts of the demo.
import { buildArtifact, buildChart, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import type { DemoRelease } from '../demo-types.ts';
import { morningOf } from '../demo-calendar.ts';
import { machineCode } from './pack-layer.ts';

export type DemoChart = {
  name: string;
  description: string;
  /** `ALIAS/NAME`, without the registry. */
  image: string;
  port: number;
  replicas: number;
};

/** Like `helm push`, which tags a chart with its version alone. */
export function chartReleases(chart: DemoChart, versions: [version: string, day: string][]): DemoRelease[] {
  return versions.map(([version, day]) => ({
    tags: [version],
    published: morningOf(day, `${chart.image} chart ${version}`),
    build: () => build(chart, version),
  }));
}

function build({ name, description, image, port, replicas }: DemoChart, version: string): Promise<BuiltManifest> {
  const labels = `  labels:\n    app.kubernetes.io/name: ${name}\n    app.kubernetes.io/instance: {{ .Release.Name }}\n`;
  return buildChart({
    name,
    version,
    description,
    files: [
      {
        path: 'values.yaml',
        content: `replicas: ${replicas}\nimage:\n  registry: ""\n  repository: ${image}\n  tag: latest\nservice:\n  port: ${port}\nresources: {}\n`,
      },
      {
        path: 'templates/deployment.yaml',
        content: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}-${name}\n${labels}spec:\n  replicas: {{ .Values.replicas }}\n  selector:\n    matchLabels:\n      app.kubernetes.io/instance: {{ .Release.Name }}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/instance: {{ .Release.Name }}\n    spec:\n      containers:\n        - name: ${name}\n          image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n          ports:\n            - containerPort: ${port}\n          resources: {{ toYaml .Values.resources | nindent 12 }}\n`,
      },
      {
        path: 'templates/service.yaml',
        content: `apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-${name}\n${labels}spec:\n  selector:\n    app.kubernetes.io/instance: {{ .Release.Name }}\n  ports:\n    - port: {{ .Values.service.port }}\n      targetPort: ${port}\n`,
      },
      {
        path: 'templates/NOTES.txt',
        content: `${description}\nThis chart belongs to the demo of a Vitrine gallery.\n`,
      },
      { path: 'README.md', content: `# ${name}\n\n${description}\n` },
    ],
  });
}

export function rulesArtifact(rules: object[]): BuiltManifest {
  return buildArtifact({
    artifactType: 'application/vnd.stonebridge.rules.v1+json',
    file: { name: 'rules.json', mediaType: 'application/json', content: JSON.stringify({ deny: rules }, null, 2) },
  });
}

export function modelArtifact(name: string, kilobytes: number): BuiltManifest {
  const weights = machineCode(name, kilobytes).toString('latin1');
  return buildArtifact({
    artifactType: 'application/vnd.copperkettle.model.v1',
    file: {
      name: `${name}.gguf`,
      mediaType: 'application/vnd.copperkettle.model.weights.v1',
      content: `GGUF${weights}`,
    },
  });
}
