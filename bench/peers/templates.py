"""The five releases as a Jinja2 template, for the peers that fill in text."""

TEMPLATE = """{% macro release(kind, name, namespace) %}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: {{ kind | lower }}-{{ name }}
  namespace: {{ namespace }}
  labels:
    apps.cozystack.io/application.group: apps.cozystack.io
    apps.cozystack.io/application.kind: {{ kind }}
    apps.cozystack.io/application.name: {{ name }}
spec:
  chartRef:
    kind: ExternalArtifact
    name: cozystack-{{ kind | lower }}-application-default-{{ kind | lower }}
    namespace: cozy-system
  interval: 5m0s
  maxHistory: 5
{% for action in ["install", "upgrade"] %}
  {{ action }}:
    timeout: {{ "15m0s" if kind == "Tenant" else "10m0s" }}
    strategy:
      name: RetryOnFailure
      retryInterval: 30s
{% endfor %}
  valuesFrom:
  - kind: Secret
    name: cozystack-values
  values:
{{ caller() -}}
{% endmacro %}
{% call release("Tenant", t.name, t.parent) %}
    resourceQuotas: {cpu: 64, memory: 256Gi, storage: 4Ti}
{% endcall %}
{% call release("Bucket", "media", t.namespace) %}
    users:
      app: {readonly: false}
{% endcall %}
{% call release("Kafka", "bus", t.namespace) %}
    external: true
    topics:
    - {name: orders, partitions: 3, replicas: 3, config: {}}
{% endcall %}
{% call release("Postgres", "main", t.namespace) %}
    replicas: 3
    size: {{ t.size }}
    resourcesPreset: s1.large
    users:
      app: {}
    databases:
      app: {roles: {admin: [app]}}
{% endcall %}
{% call release("Redis", "cache", t.namespace) %}
    size: 2Gi
    replicas: 3
{% endcall %}
"""
