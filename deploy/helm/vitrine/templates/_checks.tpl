{{/* Stops the rendering of values that can't work together, with what to do instead. */}}
{{- define "vitrine.checks" -}}
{{- $several := or (gt (int .Values.replicas) 1) (gt (int .Values.worker.replicas) 0) .Values.autoscaling.enabled }}
{{- $onS3 := include "vitrine.isSet" (dict "root" . "name" "S3_BUCKET") }}
{{- $hasAddress := include "vitrine.isSet" (dict "root" . "name" "DATABASE_URL") }}
{{- $shared := has "ReadWriteMany" .Values.persistence.accessModes }}
{{- if not .Values.publicUrl }}
{{- fail "publicUrl is empty. Set it to the address that people and clients use, such as https://images.example.org." }}
{{- end }}
{{- if and .Values.existingSecret .Values.secretSettings }}
{{- fail "existingSecret and secretSettings are both set. Move the settings into the Secret, and remove secretSettings." }}
{{- end }}
{{- if and .Values.database.external (not .Values.existingSecret) (not $hasAddress) }}
{{- fail "database.external needs DATABASE_URL. Put it into a Secret and name that in existingSecret, or into secretSettings." }}
{{- end }}
{{- if and $hasAddress (not .Values.database.external) }}
{{- fail "DATABASE_URL is set. Set database.external to true, too." }}
{{- end }}
{{- $refused := dict
  "ACME_EMAIL" "Get certificates for the Ingress or Gateway, such as from cert-manager, or set settings.TLS_CERT and settings.TLS_KEY to mounted files."
  "REDIRECT_PORT" "Let the Ingress or Gateway redirect plain HTTP."
  "PRIVATE_HOST" "Clients in the cluster can use the Service."
}}
{{- range $name, $instead := $refused }}
{{- if include "vitrine.isSet" (dict "root" $ "name" $name) }}
{{- fail (printf "%s can't work in the chart, because its pods have only one port. Remove it. %s" $name $instead) }}
{{- end }}
{{- end }}
{{- range $name := list "TLS_CERT" "TLS_KEY" }}
{{- if and (not (get $.Values.settings $name)) (include "vitrine.isSet" (dict "root" $ "name" $name)) }}
{{- fail (printf "Move %s to settings, because probes have to know that the pods speak TLS. It is a path, and not secret." $name) }}
{{- end }}
{{- end }}
{{- if $several }}
{{- if not .Values.database.external }}
{{- fail "More than one pod needs a shared database. Set database.external to true and DATABASE_URL, or set replicas to 1, worker.replicas to 0 and autoscaling.enabled to false." }}
{{- end }}
{{- if not (or $onS3 (and .Values.persistence.enabled $shared)) }}
{{- fail "More than one pod needs shared blobs. Set settings.S3_BUCKET, or use a volume with persistence.accessModes [ReadWriteMany]." }}
{{- end }}
{{- if and .Values.persistence.enabled (not $shared) }}
{{- fail "More than one pod can't use a private volume. Set persistence.enabled to false, or persistence.accessModes to [ReadWriteMany]." }}
{{- end }}
{{- end }}
{{- if not .Values.persistence.enabled }}
{{- if not (and .Values.database.external $onS3) }}
{{- fail "Without persistence, a pod loses its state when it ends. Set persistence.enabled to true, or database.external and settings.S3_BUCKET." }}
{{- end }}
{{- end }}
{{- if and (not .Values.existingSecret) (or $several (not .Values.persistence.enabled)) }}
{{- range $name := list "AUTH_SECRET" "MASTER_KEY" }}
{{- if not (include "vitrine.isSet" (dict "root" $ "name" $name)) }}
{{- fail (printf "All pods need the same %s. Add it to secretSettings, such as the output of openssl rand -base64 32." $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.settings.ADMIN_EMAIL (not .Values.existingSecret) (not (include "vitrine.isSet" (dict "root" . "name" "ADMIN_PASSWORD"))) }}
{{- fail "settings.ADMIN_EMAIL needs ADMIN_PASSWORD in existingSecret or secretSettings. Without both, the log has a one-time sign-in link." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.existingSecret) (not .Values.secretSettings.METRICS_TOKEN) }}
{{- fail "metrics.serviceMonitor needs METRICS_TOKEN in existingSecret or secretSettings." }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute needs parentRefs: the Gateways that it is attached to." }}
{{- end }}
{{- if and .Values.autoscaling.enabled (lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas)) }}
{{- fail "autoscaling.maxReplicas is less than autoscaling.minReplicas." }}
{{- end }}
{{- end }}
