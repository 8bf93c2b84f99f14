{{- define "songsang.name" -}}
{{- if contains "songsang" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-songsang" (.Release.Name | trunc 31 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- /* What is deployed, as JSON: name of each Deployment, the service it hosts (empty: all), replicas, resources. */ -}}
{{- define "songsang.parts" -}}
{{- $root := . }}
{{- $parts := list }}
{{- if eq .Values.mode "single" }}
{{- $parts = append $parts (dict "name" (include "songsang.name" .) "service" "" "replicas" .Values.replicas "resources" .Values.resources) }}
{{- else }}
{{- range $service := keys (include "songsang.grpcServices" . | fromYaml) | sortAlpha }}
{{- $own := get $root.Values.services $service | default dict }}
{{- $parts = append $parts (dict "name" (printf "%s-%s" (include "songsang.name" $root) $service) "service" $service
      "replicas" ($own.replicas | default $root.Values.replicas) "resources" ($own.resources | default $root.Values.resources)) }}
{{- end }}
{{- end }}
{{- dict "parts" $parts | toJson }}
{{- end }}

{{- /* The gRPC services of each service. */ -}}
{{- define "songsang.grpcServices" -}}
{{ .Files.Get "files/grpc-services.yaml" }}
{{- end }}

{{- define "songsang.labels" -}}
{{ include "songsang.release" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* What all pods of a release bear. */ -}}
{{- define "songsang.release" -}}
app.kubernetes.io/name: songsang
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* (root, component): what selects the pods of a Deployment, and never changes. */ -}}
{{- define "songsang.selector" -}}
{{ include "songsang.release" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "songsang.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- /* Of every pod: nothing of the cluster's, nothing of root's. */ -}}
{{- define "songsang.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "songsang.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "songsang.storeEnvironment" -}}
- name: SONGSANG_STORE_FILE
  value: /run/secrets/songsang/store/{{ .Values.store.key }}
{{- with .Values.store.partitions }}
- name: SONGSANG_PARTITIONS
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{- /* (name, secret): a Secret as files, readable by the program alone. */ -}}
{{- define "songsang.secretVolume" -}}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 }}
    defaultMode: 0440
{{- end }}

{{- define "songsang.secretMount" -}}
- name: {{ . }}
  mountPath: /run/secrets/songsang/{{ . }}
  readOnly: true
{{- end }}

{{- /* One setting of the configuration file: text, a number, a switch, or a table of texts. */ -}}
{{- define "songsang.tomlValue" -}}
{{- if kindIs "map" . -}}
{ {{- range $i, $key := keys . | sortAlpha }}{{ if $i }},{{ end }} {{ $key | quote }} = {{ get $ $key | quote }}{{ end }} }
{{- else if kindIs "string" . -}}
{{ . | quote }}
{{- else if kindIs "bool" . -}}
{{ . }}
{{- else -}}
{{ . | int64 }}
{{- end -}}
{{- end }}
