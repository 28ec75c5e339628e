{{- define "vitrine.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "vitrine.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where every pod may run. */}}
{{- define "vitrine.placement" -}}
{{- $placement := dict }}
{{- range $name := list "priorityClassName" "nodeSelector" "affinity" "tolerations" }}
{{- with get $.Values $name }}
{{- $_ := set $placement $name . }}
{{- end }}
{{- end }}
{{- with $placement }}{{ toYaml . }}{{ end }}
{{- end }}

{{/* Settings of every container. Takes a dict of root and role. */}}
{{- define "vitrine.env" -}}
{{- $root := .root }}
- name: PUBLIC_URL
  value: {{ $root.Values.publicUrl | quote }}
- name: ROLE
  value: {{ .role }}
{{- if and $root.Values.database.external $root.Values.database.migrationJob.enabled }}
- name: MIGRATE
  value: '0'
{{- end }}
{{- if and (or $root.Values.ingress.enabled $root.Values.httpRoute.enabled) (not (hasKey $root.Values.settings "PROXIES")) }}
- name: PROXIES
  value: '1'
{{- end }}
{{- range $name, $value := $root.Values.settings }}
- name: {{ $name }}
  value: {{ ternary (int64 $value) $value (kindIs "float64" $value) | toString | replace "$(" "$$(" | quote }}
{{- end }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes a dict of root, role, component and resources. */}}
{{- define "vitrine.pod" -}}
{{- $root := .root }}
{{- $values := $root.Values }}
{{- $secret := or $values.existingSecret $values.secretSettings }}
{{- $scheme := include "vitrine.scheme" $root | upper }}
{{- $drain := add (int (dig "DRAIN_DELAY_SECONDS" 5 $values.settings)) (int (dig "DRAIN_SECONDS" 300 $values.settings)) 5 }}
metadata:
  labels:
    {{- include "vitrine.selectorLabels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Restarts the pods when settings change.
    checksum/settings: {{ toJson (list $values.settings $values.secretSettings) | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "vitrine.serviceAccountName" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # DRAIN_DELAY_SECONDS, DRAIN_SECONDS, and time to stop.
  terminationGracePeriodSeconds: {{ $drain }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "vitrine.placement" $root }}{{ nindent 2 . }}{{ end }}
  securityContext:
    {{- include "vitrine.podSecurityContext" $root | nindent 4 }}
  containers:
    - name: vitrine
      image: {{ include "vitrine.image" $root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      securityContext:
        {{- include "vitrine.securityContext" $root | nindent 8 }}
      env:
        {{- include "vitrine.env" . | trim | nindent 8 }}
      {{- if $secret }}
      envFrom:
        - secretRef:
            name: {{ include "vitrine.secretName" $root }}
      {{- end }}
      ports:
        - name: http
          containerPort: 3000
      startupProbe:
        httpGet: { path: /startupz, port: http, scheme: {{ $scheme }} }
        periodSeconds: 5
        timeoutSeconds: 5
        # An hour, because a start may migrate a large database.
        failureThreshold: 720
      livenessProbe:
        httpGet: { path: /livez, port: http, scheme: {{ $scheme }} }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: http, scheme: {{ $scheme }} }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 1
      resources:
        {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - name: data
          mountPath: /data
        - name: temporary
          mountPath: /tmp
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: data
      {{- if $values.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ $values.persistence.existingClaim | default (include "vitrine.fullname" $root) }}
      {{- else }}
      emptyDir:
        sizeLimit: {{ $values.temporarySize }}
      {{- end }}
    - name: temporary
      emptyDir:
        sizeLimit: {{ $values.temporarySize }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  topologySpreadConstraints:
    {{- if $values.topologySpreadConstraints }}
    {{- toYaml $values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "vitrine.selectorLabels" $root | nindent 10 }}
          app.kubernetes.io/component: {{ $.component }}
    {{- end }}
    {{- end }}
{{- end }}
