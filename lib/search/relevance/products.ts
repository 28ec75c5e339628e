// The corpus's products with publisher, popularity and purpose. The descriptions are original.

export type Product = {
  alias: string;
  publisher: string;
  name: string;
  /** log₁₀ of its pulls. */
  magnitude: number;
  category: string;
  description: string;
};

const TABLE = `
nginxinc|Nginx Project|nginx|9.1|web server|Web server and reverse proxy for high traffic sites
apache|Apache Software|httpd|8.7|web server|The classic web server with modules for everything
caddy|Caddy|caddy|8.2|web server|Web server with automatic HTTPS and a reverse proxy
traefik|Traefik Labs|traefik|8.8|reverse proxy|Reverse proxy and load balancer that follows your containers
haproxytech|HAProxy|haproxy|8.5|reverse proxy|Load balancer and reverse proxy for TCP and HTTP
envoy|Envoy|envoy|8.1|reverse proxy|Edge and service reverse proxy for microservices
varnish|Varnish|varnish|7.2|cache|HTTP cache in front of web servers
postgres|PostgreSQL Group|postgres|9.0|relational database|Relational database with extensions and strong consistency
mysql|MySQL|mysql|8.9|relational database|Relational database that runs much of the web
mariadb|MariaDB|mariadb|8.7|relational database|Relational database, open and compatible
cockroach|Cockroach|cockroachdb|7.0|relational database|Distributed relational database that survives failures
tidb|PingCAP|tidb|6.6|relational database|Distributed relational database with transactions and analytics
mongodb|MongoDB|mongodb|8.9|document database|Document database for flexible schemas
couchbase|Couchbase|couchbase|7.3|document database|Document database with memory first access
apache|Apache Software|couchdb|7.2|document database|Document database that synchronises over HTTP
redis|Redis|redis|9.0|key value store|Key value store in memory, also cache and message broker
valkey|Valkey|valkey|7.4|key value store|Key value store in memory, open and community driven
memcached|Memcached|memcached|8.3|cache|Memory cache for objects, distributed
etcd|etcd|etcd|8.0|key value store|Key value store for configuration, strongly consistent
hashicorp|HashiCorp|consul|8.1|service discovery|Service discovery, health checks and a service mesh
hashicorp|HashiCorp|vault|8.2|secrets management|Secrets management, encryption and dynamic credentials
hashicorp|HashiCorp|terraform|7.9|infrastructure as code|Infrastructure as code from the command line
hashicorp|HashiCorp|nomad|6.8|orchestrator|Workload orchestrator for containers and binaries
rabbitmq|RabbitMQ|rabbitmq|8.6|message broker|Message broker with queues, routing and many protocols
apache|Apache Software|kafka|8.3|event streaming|Event streaming platform for high volume logs
nats|NATS|nats|7.9|message broker|Message broker, light, for cloud and edge
apache|Apache Software|pulsar|7.1|event streaming|Event streaming and queues, with tiered storage
eclipse|Eclipse|mosquitto|8.0|mqtt broker|MQTT broker for the internet of things
emqx|EMQ|emqx|7.3|mqtt broker|MQTT broker for millions of devices
redpanda|Redpanda|redpanda|7.0|event streaming|Event streaming compatible with Kafka clients
elastic|Elastic|elasticsearch|8.6|search engine|Search engine and analytics over documents
opensearch|OpenSearch|opensearch|7.8|search engine|Search engine and log analytics, community driven
meilisearch|Meili|meilisearch|7.2|search engine|Search engine with typo tolerance for sites and apps
typesense|Typesense|typesense|6.5|search engine|Search engine, fast and typo tolerant
apache|Apache Software|solr|7.6|search engine|Search engine on Lucene
elastic|Elastic|kibana|8.3|dashboards|Dashboards and exploration for Elasticsearch
elastic|Elastic|logstash|7.9|log collector|Log collector and pipeline with many inputs
elastic|Elastic|filebeat|7.5|log collector|Log shipper, light, for files
fluent|Fluent|fluentd|8.1|log collector|Log collector that unifies many sources
fluent|Fluent|fluent-bit|8.3|log collector|Log processor and forwarder, small and fast
grafana|Grafana Labs|grafana|8.9|dashboards|Dashboards for metrics, logs and traces
grafana|Grafana Labs|loki|7.8|log storage|Log storage with labels, queried like metrics
grafana|Grafana Labs|tempo|7.0|tracing|Tracing backend that needs only object storage
grafana|Grafana Labs|mimir|6.6|time series database|Time series database for long term metrics
grafana|Grafana Labs|k6|6.9|load testing|Load testing with scripts
prom|Prometheus|prometheus|8.7|monitoring|Monitoring system and time series database with alerts
prom|Prometheus|alertmanager|8.2|alerting|Alert routing, grouping and silencing
prom|Prometheus|node-exporter|8.5|metrics exporter|Metrics exporter for hardware and kernels
prom|Prometheus|blackbox-exporter|7.6|metrics exporter|Metrics exporter that probes endpoints from outside
prom|Prometheus|pushgateway|7.4|metrics exporter|Gateway for metrics of short lived jobs
kubernetes|Kubernetes|kube-state-metrics|8.0|metrics exporter|Metrics exporter for the state of cluster objects
kubernetes|Kubernetes|metrics-server|8.1|metrics exporter|Resource metrics of nodes and pods for autoscaling
kubernetes|Kubernetes|ingress-nginx-controller|8.2|ingress controller|Ingress controller that uses NGINX as a reverse proxy
kubernetes|Kubernetes|external-dns|7.8|dns|Synchronises services of a cluster with DNS providers
kubernetes|Kubernetes|cluster-autoscaler|7.6|autoscaler|Autoscaler for nodes of a cluster
kubernetes|Kubernetes|coredns|8.3|dns|DNS server with plugins, the default in clusters
jetstack|Cert Manager|cert-manager-controller|8.2|certificates|Certificates issued and renewed inside a cluster
jetstack|Cert Manager|trust-manager|6.0|certificates|Trust bundles distributed inside a cluster
argoproj|Argo|argocd|7.9|gitops|Continuous delivery for clusters, declared in git
argoproj|Argo|argo-rollouts|6.9|gitops|Progressive delivery with canaries and blue green
fluxcd|Flux|source-controller|6.7|gitops|Fetches sources for gitops delivery
fluxcd|Flux|helm-controller|6.6|gitops|Releases Helm charts the gitops way
istio|Istio|pilot|7.5|service mesh|Control plane of the service mesh
istio|Istio|proxyv2|7.6|service mesh|Sidecar proxy of the service mesh
linkerd|Linkerd|linkerd-controller|6.5|service mesh|Control plane of a light service mesh
cilium|Cilium|cilium|7.4|container networking|Networking and security for containers with eBPF
calico|Tigera|calico-node|7.6|container networking|Networking and policy for containers
longhorn|Longhorn|longhorn-manager|6.8|block storage|Block storage, distributed, for clusters
rook|Rook|rook-ceph|6.9|block storage|Storage orchestration with Ceph
minio|MinIO|minio|8.5|object storage|Object storage compatible with S3
seaweedfs|SeaweedFS|seaweedfs|6.6|object storage|Object storage and file system for billions of files
velero|Velero|velero|7.0|backup|Backup and migration of cluster resources and volumes
restic|Restic|restic|6.8|backup|Backup, encrypted and deduplicated
kopia|Kopia|kopia|5.9|backup|Backup with snapshots, encrypted
pgbackrest|pgBackRest|pgbackrest|5.8|backup|Backup and restore for Postgres, reliable
jaegertracing|Jaeger|jaeger|7.6|tracing|Tracing of requests through distributed systems
openzipkin|Zipkin|zipkin|7.1|tracing|Tracing system for latency problems
otel|OpenTelemetry|opentelemetry-collector|7.6|telemetry|Collector for traces, metrics and logs
influxdata|InfluxData|influxdb|8.0|time series database|Time series database for metrics and events
influxdata|InfluxData|telegraf|7.9|metrics agent|Agent that collects and writes metrics
timescale|Timescale|timescaledb|7.5|time series database|Time series database on Postgres
victoriametrics|VictoriaMetrics|victoria-metrics|7.2|time series database|Time series database and monitoring, frugal
questdb|QuestDB|questdb|6.2|time series database|Time series database with SQL
clickhouse|ClickHouse|clickhouse-server|7.6|analytics database|Column store for analytics in real time
apache|Apache Software|druid|6.7|analytics database|Analytics database for events
apache|Apache Software|cassandra|7.9|wide column store|Wide column store without a single point of failure
scylladb|ScyllaDB|scylla|6.8|wide column store|Wide column store, compatible with Cassandra
neo4j|Neo4j|neo4j|7.8|graph database|Graph database with a query language of its own
dgraph|Dgraph|dgraph|6.3|graph database|Graph database with GraphQL
qdrant|Qdrant|qdrant|6.6|vector database|Vector database for similarity search
milvus|Milvus|milvus|6.7|vector database|Vector database for embeddings at scale
weaviate|Weaviate|weaviate|6.4|vector database|Vector database with modules for models
chroma|Chroma|chromadb|6.0|vector database|Vector database for language model apps
ollama|Ollama|ollama|7.3|language models|Runs large language models on your own machine
vllm|vLLM|vllm-openai|6.6|language models|Inference server for large language models
huggingface|Hugging Face|text-generation-inference|6.4|language models|Inference server for text generation
tensorflow|TensorFlow|tensorflow|8.0|machine learning|Machine learning framework with notebooks
pytorch|PyTorch|pytorch|7.9|machine learning|Machine learning framework with CUDA
jupyter|Jupyter|jupyterlab|7.4|notebooks|Notebooks for data science in the browser
jupyter|Jupyter|scipy-notebook|7.3|notebooks|Notebooks with scientific Python
mlflow|MLflow|mlflow|6.4|machine learning|Tracks experiments of machine learning
apache|Apache Software|airflow|7.8|workflow scheduler|Workflow scheduler, programmed in Python
apache|Apache Software|spark|7.4|data processing|Data processing engine for large data sets
apache|Apache Software|flink|7.2|data processing|Stream processing with state
apache|Apache Software|superset|7.3|dashboards|Dashboards and exploration of business data
metabase|Metabase|metabase|7.7|dashboards|Dashboards that everyone can make from a database
n8nio|n8n|n8n|7.6|workflow automation|Workflow automation between hundreds of apps
nodered|Node-RED|node-red|7.6|workflow automation|Workflow automation by wiring nodes
temporalio|Temporal|temporal-server|6.8|workflow engine|Workflow engine for durable execution
jenkins|Jenkins|jenkins|8.6|continuous integration|Continuous integration server with many plugins
gitlab|GitLab|gitlab-ce|8.0|git hosting|Git hosting with issues and pipelines
gitlab|GitLab|gitlab-runner|8.1|continuous integration|Runs the jobs of pipelines
gitea|Gitea|gitea|7.7|git hosting|Git hosting, light, on your own server
forgejo|Forgejo|forgejo|6.6|git hosting|Git hosting by the community
woodpecker|Woodpecker|woodpecker-server|6.1|continuous integration|Continuous integration, small, in containers
drone|Drone|drone|7.4|continuous integration|Continuous integration in containers
sonarsource|SonarSource|sonarqube|7.8|code quality|Code quality and security inspection
sonatype|Sonatype|nexus3|7.6|artifact repository|Artifact repository for packages of all kinds
harbor|Harbor|harbor-core|7.0|container registry|Container registry with policy and replication
distribution|Distribution|registry|8.6|container registry|Container registry, the reference implementation
zotproject|Zot|zot|5.8|container registry|Container registry, purely OCI
aquasec|Aqua Security|trivy|7.6|vulnerability scanner|Vulnerability scanner for images, files and clusters
anchore|Anchore|grype|6.4|vulnerability scanner|Vulnerability scanner for images
anchore|Anchore|syft|6.4|sbom generator|Makes a bill of materials of images
falco|Falco|falco|6.9|runtime security|Runtime security by system calls
openpolicyagent|Open Policy Agent|opa|7.3|policy engine|Policy engine for everything
kyverno|Kyverno|kyverno|6.9|policy engine|Policy engine for clusters, without a new language
keycloak|Keycloak|keycloak|7.9|identity provider|Identity provider with single sign on
authelia|Authelia|authelia|7.0|identity provider|Single sign on and second factor in front of apps
goauthentik|authentik|authentik|6.9|identity provider|Identity provider that is flexible
dexidp|Dex|dex|7.0|identity provider|OpenID Connect provider with connectors
oauth2-proxy|OAuth2 Proxy|oauth2-proxy|7.4|authentication proxy|Authentication proxy in front of apps
vaultwarden|Vaultwarden|vaultwarden|7.8|password manager|Password manager server, light
bitwarden|Bitwarden|bitwarden-server|6.6|password manager|Password manager server
linuxserver|LinuxServer|wireguard|7.6|vpn|VPN server, simple and fast
openvpn|OpenVPN|openvpn-as|6.6|vpn|VPN server with a web interface
tailscale|Tailscale|tailscale|7.2|vpn|VPN mesh between your machines
pihole|Pi-hole|pihole|8.2|dns|DNS server that blocks advertisements
adguard|AdGuard|adguardhome|7.6|dns|DNS server that blocks advertisements and trackers
internetsystems|ISC|bind9|7.1|dns|DNS server, authoritative and recursive
homeassistant|Home Assistant|home-assistant|7.9|home automation|Home automation that keeps data at home
openhab|openHAB|openhab|7.0|home automation|Home automation, vendor neutral
zigbee2mqtt|Zigbee2MQTT|zigbee2mqtt|7.4|home automation|Zigbee devices over MQTT
frigate|Frigate|frigate|6.8|video surveillance|Video recorder with object detection
jellyfin|Jellyfin|jellyfin|7.9|media server|Media server that is free
plexinc|Plex|pms-docker|7.8|media server|Media server for films and music
linuxserver|LinuxServer|sonarr|8.2|media automation|Finds and manages series
linuxserver|LinuxServer|radarr|8.2|media automation|Finds and manages films
linuxserver|LinuxServer|qbittorrent|7.9|download client|Download client for torrents
immich|Immich|immich-server|7.3|photo library|Photo library with backup from phones
photoprism|PhotoPrism|photoprism|7.1|photo library|Photo library with recognition
nextcloud|Nextcloud|nextcloud|8.3|file sharing|File sharing and collaboration
owncloud|ownCloud|owncloud-server|7.1|file sharing|File sharing on your own server
syncthing|Syncthing|syncthing|7.5|file sync|File synchronisation between devices
paperless|Paperless|paperless-ngx|7.1|document management|Document management with recognition of text
wordpress|WordPress|wordpress|8.8|content management|Content management and blogs
ghost|Ghost|ghost|7.9|content management|Content management for publications
drupal|Drupal|drupal|7.7|content management|Content management for ambitious sites
strapi|Strapi|strapi|6.5|content management|Content management without a head
directus|Directus|directus|6.9|content management|Content management on any SQL database
mediawiki|MediaWiki|mediawiki|7.3|wiki|Wiki that Wikipedia runs on
bookstack|BookStack|bookstack|7.2|wiki|Wiki and documentation in books
outline|Outline|outline|6.6|wiki|Wiki for teams
mattermost|Mattermost|mattermost-team-edition|7.0|team chat|Team chat on your own server
rocketchat|Rocket.Chat|rocket-chat|7.2|team chat|Team chat with video
matrixdotorg|Matrix|synapse|7.3|team chat|Chat server, federated
jitsi|Jitsi|jitsi-web|6.9|video conference|Video conference in the browser
mailu|Mailu|mailu-admin|6.1|mail server|Mail server, complete, in containers
mailserver|Docker Mailserver|docker-mailserver|6.9|mail server|Mail server, complete but simple
mailhog|MailHog|mailhog|7.6|mail testing|Catches mail in development
axllent|Mailpit|mailpit|6.8|mail testing|Catches mail in development, with a search
phpmyadmin|phpMyAdmin|phpmyadmin|8.4|database admin|Database admin for MySQL in the browser
adminer|Adminer|adminer|8.1|database admin|Database admin in one file
dpage|pgAdmin|pgadmin4|7.9|database admin|Database admin for Postgres in the browser
portainer|Portainer|portainer-ce|8.5|container management|Container management in the browser
containrrr|Watchtower|watchtower|8.4|container updates|Updates running containers
dozzle|Dozzle|dozzle|7.0|log viewer|Log viewer for containers in the browser
louislam|Uptime Kuma|uptime-kuma|7.9|uptime monitoring|Uptime monitoring with status pages
healthchecks|Healthchecks|healthchecks|6.4|uptime monitoring|Monitors scheduled jobs
zabbix|Zabbix|zabbix-server|7.4|monitoring|Monitoring of networks and servers
netdata|Netdata|netdata|7.8|monitoring|Monitoring in real time, per second
cadvisor|cAdvisor|cadvisor|8.0|metrics exporter|Metrics exporter for running containers
ubuntu|Canonical|ubuntu|9.1|base image|Base image of the Ubuntu distribution
debian|Debian|debian|9.0|base image|Base image of the Debian distribution
alpine|Alpine Linux|alpine|9.2|base image|Base image, tiny, with musl and a package manager
busybox|BusyBox|busybox|8.9|base image|Base image with many small tools
fedora|Fedora|fedora|8.1|base image|Base image of the Fedora distribution
rockylinux|Rocky Linux|rockylinux|7.9|base image|Base image of Rocky Linux
amazonlinux|Amazon|amazonlinux|8.4|base image|Base image of Amazon Linux
distroless|Distroless|static-debian|7.6|base image|Base image with nothing but certificates and time zones
python|Python|python|9.1|language runtime|Language runtime of Python
nodejs|Node.js|node|9.0|language runtime|Language runtime of JavaScript outside the browser
golang|Go|golang|8.9|language runtime|Language toolchain of Go
rustlang|Rust|rust|8.0|language runtime|Language toolchain of Rust
eclipse|Eclipse|temurin|8.3|language runtime|Language runtime of Java
php|PHP|php|8.7|language runtime|Language runtime of PHP
ruby|Ruby|ruby|8.4|language runtime|Language runtime of Ruby
dotnet|Microsoft|aspnet|8.4|language runtime|Language runtime of .NET for web apps
elixir|Elixir|elixir|7.2|language runtime|Language runtime of Elixir
perl|Perl|perl|7.3|language runtime|Language runtime of Perl
docker|Docker|docker-dind|8.3|container tools|Docker engine in a container
moby|Moby|buildkit|7.9|image builder|Image builder with a cache
kaniko|Kaniko|kaniko-executor|7.6|image builder|Image builder without a daemon
bitnami|Bitnami|kubectl|8.0|cluster tools|Command line of clusters
alpinetools|Alpine Tools|helm|7.3|cluster tools|Package manager of clusters
awscli|AWS|aws-cli|8.2|cloud tools|Command line of AWS
localstack|LocalStack|localstack|7.8|cloud emulator|Cloud emulator for development and tests
selenium|Selenium|standalone-chrome|7.9|browser automation|Browser automation with Chrome
browserless|Browserless|browserless-chrome|7.0|browser automation|Browser automation as a service
playwright|Playwright|playwright|7.4|browser automation|Browser automation with three engines
wiremock|WireMock|wiremock|6.9|api mocking|Mock server for HTTP APIs
swaggerapi|Swagger|swagger-ui|7.6|api documentation|API documentation from OpenAPI
kong|Kong|kong-gateway|7.8|api gateway|API gateway with plugins
tyk|Tyk|tyk-gateway|6.6|api gateway|API gateway with analytics
hasura|Hasura|graphql-engine|7.4|graphql server|GraphQL server on Postgres
postgrest|PostgREST|postgrest|6.9|api gateway|REST API made from a Postgres schema
supabase|Supabase|studio|6.7|backend platform|Backend platform on Postgres
pocketbase|PocketBase|pocketbase|6.2|backend platform|Backend platform in one file
minecraft|Minecraft Server|minecraft-server|8.0|game server|Game server for Minecraft with mods
valheim|Valheim|valheim-server|6.9|game server|Game server for Valheim
steamcmd|SteamCMD|steamcmd|7.0|game server|Installs dedicated game servers`;

export const PRODUCTS: Product[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [alias = '', publisher = '', name = '', magnitude = '', category = '', description = ''] = line.split('|');
    return { alias, publisher, name, magnitude: Number(magnitude), category, description };
  });
