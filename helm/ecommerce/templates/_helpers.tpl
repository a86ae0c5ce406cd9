{{/* Beginning of every name. A Service's has no dots and begins with a letter; a release's may be otherwise. */}}
{{- define "ecommerce.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- $full := .Values.fullnameOverride | default $both | replace "." "-" | trunc 38 | trimSuffix "-" -}}
{{- if regexMatch "^[0-9]" $full -}}{{ fail (printf "%s begins with a digit: set fullnameOverride" $full) }}{{- end -}}
{{- $full -}}
{{- end -}}

{{/* A variable's value as text. Helm reads numbers as fractions and would write great ones with an exponent. */}}
{{- define "ecommerce.text" -}}
{{- kindIs "float64" . | ternary (int64 .) . -}}
{{- end -}}

{{/* Labels of all pods of the release, and of no others in the namespace. */}}
{{- define "ecommerce.release" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels that a selector names. Takes (list $ "component"). */}}
{{- define "ecommerce.selector" -}}
{{ include "ecommerce.release" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Name, namespace and labels. Takes (list $ "-suffix" "component"), the component may be empty. */}}
{{- define "ecommerce.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "ecommerce.fullname" $root }}{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "ecommerce.release" $root | nindent 2 }}
  {{- with index . 2 }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  app.kubernetes.io/managed-by: {{ $root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ecommerce.tag" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{- define "ecommerce.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (include "ecommerce.tag" .) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
terminationMessagePolicy: FallbackToLogsOnError  # what went wrong, for `kubectl describe`
{{- end -}}

{{/* What all pods have in common. Takes (list $ "account" uid gid), and the group of volumes if it is another one. */}}
{{- define "ecommerce.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "ecommerce.fullname" $root }}-{{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ index . 2 }}
  runAsGroup: {{ index . 3 }}
  fsGroup: {{ last . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "ecommerce.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
{{- end -}}

{{- define "ecommerce.environment" -}}
envFrom:
  - configMapRef:
      name: {{ include "ecommerce.fullname" . }}-config
  - secretRef:
      name: {{ .Values.secret.name }}
{{- end -}}

{{/* Over zones, then nodes, as far as there are any. Takes (list $ "component"). */}}
{{- define "ecommerce.spread" -}}
topologySpreadConstraints:
  {{- $selector := include "ecommerce.selector" . }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
  {{- end }}
{{- end -}}

{{- define "ecommerce.runMounts" -}}
- name: run
  mountPath: {{ .Values.config.RUN_DIR }}
- name: tmp
  mountPath: /tmp
{{- if not (and .Values.postgres.enabled .Values.redis.enabled) }}
- name: ca
  mountPath: /etc/storefront/ca
{{- end }}
{{- end -}}

{{/* Takes (list $ "size of /tmp"). */}}
{{- define "ecommerce.runVolumes" -}}
- name: run
  emptyDir:
    medium: Memory
    sizeLimit: 64Mi
- name: tmp
  emptyDir:
    sizeLimit: {{ index . 1 }}
{{- $root := index . 0 }}
{{- if not (and $root.Values.postgres.enabled $root.Values.redis.enabled) }}
- name: ca
  configMap:
    name: {{ include "ecommerce.fullname" $root }}-ca
    optional: true
{{- end }}
{{- end -}}

{{/* Worker and beat: the start waits for the schema; afterwards neither database nor Redis is asked. */}}
{{- define "ecommerce.celeryProbes" -}}
startupProbe:
  tcpSocket: {port: metrics}
  periodSeconds: 5
  failureThreshold: 400
livenessProbe:
  httpGet: {path: /metrics, port: metrics}
  periodSeconds: 30
  timeoutSeconds: 10
  failureThreshold: 4
{{- end -}}

{{- define "ecommerce.rollout" -}}
revisionHistoryLimit: 10
progressDeadlineSeconds: 2400
strategy:
  type: RollingUpdate
  rollingUpdate:
    maxSurge: 1
    maxUnavailable: 0
{{- end -}}

{{- define "ecommerce.tlsSecret" -}}
{{- .Values.ingress.tlsSecretName | default (printf "%s-tls" (include "ecommerce.fullname" .)) -}}
{{- end -}}

{{/* All hosts of the ingress, each once. Fails where one has no name. */}}
{{- define "ecommerce.hosts" -}}
{{- $hosts := list -}}
{{- range $index, $each := .Values.ingress.hosts -}}
{{- $hosts = append $hosts (required (printf "ingress.hosts[%d].host is not set" $index) $each.host) -}}
{{- end -}}
{{- join "," (uniq $hosts) -}}
{{- end -}}

{{/* Fails where the secret cannot be right, in one line that names what is missing. */}}
{{- define "ecommerce.secretCheck" -}}
{{- $values := .Values.secret.values -}}
{{- $needed := list "SECRET_KEY" "DATABASE_URL" -}}
{{- if not (or .Values.redis.enabled .Values.config.REDIS_URL) -}}{{ $needed = append $needed "REDIS_URL" }}{{- end -}}
{{- if $values -}}
{{- if .Values.secret.external.enabled -}}{{ fail "secret.values and secret.external.enabled: choose one" }}{{- end -}}
{{- range $needed -}}
{{- if not (get $values .) -}}{{ fail (printf "secret.values.%s is not set" .) }}{{- end -}}
{{- end -}}
{{- else if not .Values.secret.external.enabled -}}
{{- /* Every namespace has this account: found, there is a cluster to ask; `helm template` has none. */ -}}
{{- if lookup "v1" "ServiceAccount" .Release.Namespace "default" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace .Values.secret.name -}}
{{- if not $secret -}}
{{- fail (printf "The Secret %s is missing in the namespace %s. Make it first: kubectl create secret generic %s --from-literal=SECRET_KEY=… --from-literal=DATABASE_URL=… -n %s" .Values.secret.name .Release.Namespace .Values.secret.name .Release.Namespace) -}}
{{- end -}}
{{- range $needed -}}
{{- if not (get $secret.data .) -}}{{ fail (printf "The Secret %s has no %s" $.Values.secret.name .) }}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Rules of network policies. */}}
{{- define "ecommerce.toPostgres" -}}
{{- if .Values.postgres.enabled -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "ecommerce.selector" (list . "postgres") | nindent 10 }}
  ports: [{protocol: TCP, port: 5432}]
{{- else -}}
- to: [{ipBlock: {cidr: {{ .Values.managedData.cidr }}}}]
  ports:
    {{- range .Values.managedData.postgresPorts }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "ecommerce.toRedis" -}}
{{- if .Values.redis.enabled -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "ecommerce.selector" (list . "redis") | nindent 10 }}
  ports: [{protocol: TCP, port: 6379}]
{{- else -}}
- to: [{ipBlock: {cidr: {{ .Values.managedData.cidr }}}}]
  ports:
    {{- range .Values.managedData.redisPorts }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* Public addresses only. Takes the ports. */}}
{{- define "ecommerce.toInternet" -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
    - ipBlock:
        cidr: ::/0
        except: ["fc00::/7", "fe80::/10"]
  ports:
    {{- range . }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}

{{- define "ecommerce.fromController" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .Values.networkPolicy.ingressNamespace }}
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ingress-nginx
      app.kubernetes.io/component: controller
{{- end -}}

{{/* Takes (list $ port). */}}
{{- define "ecommerce.fromPrometheus" -}}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ (index . 0).Values.networkPolicy.monitoringNamespace }}
      podSelector:
        matchLabels:
          app.kubernetes.io/name: prometheus
  ports: [{protocol: TCP, port: {{ index . 1 }}}]
{{- end -}}

{{/* The pods of several components. Takes (list $ (list "component" …)). */}}
{{- define "ecommerce.podsOf" -}}
matchLabels:
  {{- include "ecommerce.release" (index . 0) | nindent 2 }}
matchExpressions:
  - key: app.kubernetes.io/component
    operator: In
    values: [{{ join ", " (index . 1) }}]
{{- end -}}
