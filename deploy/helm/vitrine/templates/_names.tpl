{{- define "vitrine.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vitrine.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "vitrine.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "vitrine.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "vitrine.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vitrine.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vitrine.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "vitrine.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "vitrine.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "vitrine.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "vitrine.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "vitrine.secretName" -}}
{{- .Values.existingSecret | default (printf "%s-settings" (include "vitrine.fullname" .)) }}
{{- end }}

{{- define "vitrine.host" -}}
{{- (urlParse .Values.publicUrl).host | splitList ":" | first }}
{{- end }}

{{/* Not empty if values other than existingSecret set the setting, or the file that holds it. Takes a dict of root and name. */}}
{{- define "vitrine.isSet" -}}
{{- $file := printf "%s_FILE" .name }}
{{- with .root.Values }}
{{- if or (get (.settings | default dict) $.name) (get (.settings | default dict) $file) (get (.secretSettings | default dict) $.name) }}yes{{ end }}
{{- range .extraEnv }}
{{- if has .name (list $.name $file) }}yes{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* What the pods speak. */}}
{{- define "vitrine.scheme" -}}
{{- if .Values.settings.TLS_CERT }}https{{ else }}http{{ end }}
{{- end }}
