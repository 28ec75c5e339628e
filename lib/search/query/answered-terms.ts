// Classes of software, as people ask for them and as publishers describe them. Product names appear where people ask for
// a class by its best-known product.

/** Who asks for a term before the colon is answered by those after it, but not the other way round. */
export const ANSWERED_BY = `
java: jdk, jre
jdk: jre, java se, sdk java
jre: jdk
java application server, java ee, application server: servlet, tomcat, java server, microprofile, liberty
microprofile: jakarta ee, java ee
jsp, servlet container: javaserver pages, java servlet, servlet
reverse proxy: load balancer, edge router, http accelerator, api gateway
proxy: load balancer, edge router, gateway, http accelerator
load balancer: reverse proxy, edge router
ingress, ingress controller, edge proxy: edge router, reverse proxy, api gateway, load balancer
api gateway: reverse proxy, edge router
tls termination, ssl proxy, tls proxy: ssl, tls, reverse proxy
web server, webserver, http server, httpd: http server, server http, web app server
static site, static files, static website: web server, http server, static file
web cache, http cache, caching proxy, page cache, web accelerator, cdn: http accelerator, caching reverse proxy, http cache
waf, api security: api firewall, application firewall
tunnel, encrypted tunnel, secure tunnel, vpn: encrypted pipe, tunnel, authenticated pipe
letsencrypt, lets encrypt, let's encrypt, acme: automatic https, certificate
erp: business apps, business management, business software
accounting, invoicing, invoice, bookkeeping, inventory, point of sale, hr: business apps, erp
crm: customer relationship, relationship manager, erp
personal crm, address book, contacts, contact manager, birthday, friend, family: personal relationship, relationship manager, contacts
issue tracker, bug tracker, ticketing, helpdesk, scrum, kanban, agile, gantt: project management, issue tracking
project management, task management: project management, issue tracking, kanban
cms, website builder, site builder, web publishing: content management, publish, blog
blog, blogging, blog engine, blogging platform: publish, content management, blogging, newsletter
newsletter, mailing list: newsletter, mailing list
wiki, knowledge base, documentation wiki: wiki
intranet, groupware, collaboration, collaborative: collaborative, collaboration, groupware
file sync, file sharing, cloud storage, personal cloud, private cloud, self hosted cloud: file hosting, share files, sync files, access files
chat, team chat, team messaging: chat, messaging, team communication
voip, voice chat, voice server: voice communication, voice
social network, fediverse, activitypub, federated: social, social web, social network, federated
url shortener: url shortener, short url
web analytics: web analytics, analytics platform
workflow, workflow engine, workflow automation, bpmn: workflow, business process
low code: low code, no code
relational database, sql database, rdbms, sql, sql server: relational, sql, mysql, postgresql
nosql, nosql database: nosql, document database, key value, graph database, wide column
document database: document, json
json database, json store: json document, document database
wide column, column family, wide column store: distributed storage, wide column
key value, key value store: key value, in memory, caching, memory object
cache, in memory database, in memory store, memory cache, session store: in memory, memory object caching, caching, memory
vector database, vector search, vector store, embeddings, semantic search: vector
graph database: graph
multi model, multimodel: multi model, graph document
time series: time series, metrics
olap, data warehouse, columnar, columnar database, column store, analytics database: analytics, column oriented, real time analytics
data warehouse: large scale data processing, analytics engine
distributed sql, newsql, sharding: distributed sql, distributed database
database admin, database gui, database client, database management tool, db admin: database management, admin interface, web interface, database administration
schema migration, database migration, database change, database versioning, database version control, database schema migration, schema change, migrations: database devops, database schema, database changes, database refactoring
search engine, full text search, enterprise search, site search: search engine, full text search, search platform, search analytics
logging, log analysis, log management, log viewer, logs, syslog: log, event, data collector
elk, elk stack, elastic stack: elasticsearch, logstash, kibana
efk: elasticsearch, fluentd, kibana
tick, tick stack: influxdb, telegraf, chronograf, kapacitor
lamp, lamp stack: apache, mysql, php
dashboard, data visualization, graphs, plots: visualization, explore, dashboard
metrics, metrics agent, collector: metric, collecting metrics
monitoring, observability: monitoring, metrics, alerting, time series
alerting, alerts, alert: alerting, monitoring
message queue, message broker, messaging, event bus, job queue, task queue: message broker, messaging, message
pub sub, realtime messaging, websocket, push notifications: messaging, real time messaging, publish subscribe
amqp, stomp: amqp, message broker
mqtt, mqtt broker, iot: mqtt, iot
hadoop, mapreduce, hive: large scale data processing, batch processing, distributed computation
spreadsheet, office suite, document editor: office, spreadsheet, document
map reduce: data processing
stream processing, real time processing, realtime analytics: stream, realtime computation, stream processing
batch processing, data processing, data engineering: batch, data processing, analytics engine
distributed computing, cluster computing: distributed computation, data processing, distributed
coordination, distributed lock, leader election, consensus, service discovery, distributed configuration: distributed coordination, coordination, service discovery
programming language, language, coding: programming language, language
scripting language, scripting: scripting, interpreted language, dynamic programming language
systems programming: system programming, systems programming, low level
functional programming, functional language: functional
object oriented: object oriented
logic programming: prolog, logic programming
javascript runtime, server side javascript, npm: node.js, javascript platform
compiler, toolchain, c compiler, c, c++, fortran, gfortran, g++: compiler, compiling system, compiler collection
interpreter, runtime: interpreter, interpreted, implementation of language, runtime
jit, jit compiler: just in time compiler, fast compliant implementation
jvm language: jvm, java platform
beam, beam vm, otp: erlang
numerical computing, scientific computing, numerics, matlab: technical computing, statistical computing, numerical, scientific
statistics, data science, data analysis: statistical, data analysis, analytics
mobile development, mobile app, ios, android, flutter, app development: app platform, mobile apps, fast apps, client optimized
cross platform: multi platform, any platform, compilation targets
package manager: dependency manager, package manager
build tool: build tool, project management comprehension, build automation
shell, terminal, command line, cli: shell, command line
busybox, coreutils, unix tools: unix utilities, common unix
code quality, static analysis, code review, code scanning, code smell: code analysis, code quality, code security
container registry, private registry, image registry: distribution images, storing distributing container images, image registry
image signing, content trust, signed images: signing, signer, trust
ci, continuous integration: continuous integration, docker in docker, build
linux distribution: linux distribution, linux, build linux, base image
operating system: operating system, linux, os
base image, minimal image, small image, tiny image, slim image: minimal, base image, tiny
minimal, small, tiny, lightweight, slim: minimal, small, tiny, lightweight, simple
rhel, red hat, redhat, centos, enterprise linux, rhel clone: red hat enterprise linux, enterprise linux, rhel compatible
aws: amazon
debian based, apt, apt based, deb: debian
rpm, rpm based, yum, dnf: fedora, red hat, rpm
musl, libc: musl libc
container host, container os, container linux: container host, minimal linux
cloud os, cloud image, cloud: cloud
empty image: empty image, scratch
test image, example image, demo: example, hello world, test
sso, single sign on: saml, openid connect, oauth2, authentication
identity provider, saml proxy, oauth proxy, authentication proxy, federation: saml, openid connect, oauth2, auth protocols
gis, maps, mapping, geodata, map server: spatial, geographic, spatially referenced
metadata catalog, data catalog: catalog, metadata
robotics, robot: robot
robot simulator, physics engine: simulating robots, physics
neuroscience, neuroimaging, brain: neuroscience
irc bouncer, irc proxy: irc bouncer, bouncer
mail admin, email admin, mail server administration, mailbox: mail server administration, postfix administration, mail servers
hello world, test docker, check docker, docker test, docker install, docker installation, first container: hello world
forum, discussion board, community: forum, community, discussion
proxy server, forward proxy: proxy, caching
ldap: directory, ldap
cron, job scheduler: schedule, job
microservices, service mesh: microservice, cloud native, api gateway
rest api, rest: http api, api
web framework, web application framework: framework, web application
backend, backend as a service, baas: backend, database, api
mail server, smtp: mail server, mail
admin panel, control panel, web admin: web based administration, admin interface, web interface, administration interface
document management, dms: document, content management
ide, code editor: editor, code
profiler, profiling, apm: performance, tracing
backup, restore: backup
fuzzy search, autocomplete, faceted search: search engine, full text search, search platform
recommendation: recommendation, machine learning
replication, high availability, clustering: replication, high availability, cluster
geospatial database, spatial database: spatial, geographic
object database, xml database: object, xml, document database
embedded systems, edge computing: iot, edge
php application server: php application platform
slack, mattermost, microsoft teams, teams: chat, team chat
discord, mumble, ventrilo: voice communication, chat
zoom, skype, webex: video conferencing, voice communication, chat
dropbox, google drive, onedrive, icloud, owncloud: file hosting, sync files, share files, cloud storage
google docs, office 365, google workspace: collaboration, office suite, groupware
facebook, twitter, mastodon, instagram: social network, social web, federated social
google analytics, ga, plausible, piwik: web analytics, analytics platform
bitly, tinyurl: url shortener
medium, substack, blogger: publish, newsletter, blog
squarespace, wix, weebly: content management, website
confluence, notion, dokuwiki: wiki, knowledge base
jira, trello, asana, youtrack, bugzilla: project management, issue tracking, kanban
salesforce, hubspot, sugarcrm, zoho: crm, customer relationship
sap, netsuite, quickbooks, openerp: erp, business apps
github, gitlab, bitbucket: git hosting, version control
splunk, papertrail, loggly, graylog: log management, log, search analytics
datadog, new relic, nagios, zabbix, prometheus: monitoring, metrics, time series
grafana, tableau, power bi, looker: visualization, dashboard, explore data
zapier, ifttt: workflow automation, automation
firebase, parse: realtime database, backend
heroku: platform as a service
dynamodb, bigtable: nosql, key value, distributed storage
kafka, kinesis, sqs, activemq: message broker, messaging, event streaming
algolia: search engine, full text search
okta, auth0, keycloak: identity, single sign on, openid connect
docker hub, dockerhub, ecr, artifactory: container registry, image registry, storing distributing container images, registry
cloudflare: reverse proxy, cdn, http accelerator
oracle database, mssql, db2: relational database
mysql: mysql compatible, mysql fork
memcache: caching
f5: load balancer
psql, pgsql: postgresql
mysqldump, mysqld: mysql
mongosh, mongod: mongodb
npm, npx: node
pip, pip3, cpython: python
mvn: maven
apache http server: httpd
cargo, rustc: rust
javac: jdk
ghc, cabal: haskell
gem, irb, bundler, rails: ruby
cpan: perl
iex, phoenix, phoenix framework, liveview: elixir
gradle, jenkinsfile, jenkins pipeline: groovy
ios, ios app, iphone, iphone app, ipad, macos app, xcode: swift
stunnel, stud: tls proxy, encrypted pipe, ssl
fastcgi, cgi, fcgi: web server, http server, php
wsgi, uwsgi, asgi: python, web app server
http2, http 2, http3, http 3, quic: web server, http server, reverse proxy
virtual host, htaccess: http server, web server
sticky session, session affinity, health check, failover, layer 4, layer 7, l4, l7: load balancer, load balancing
rate limit, rate limiting, throttling, circuit breaker, quota: api gateway, edge router, reverse proxy
service mesh, kubernetes gateway, gateway api: edge router, api gateway, cloud native proxy
automatic ssl, automatic tls, auto ssl, free ssl: automatic https, letsencrypt
openapi, swagger: openapi, rest api, api gateway
graphql: graphql, api gateway
cypher, gremlin, sparql, gql: graph database
cql: cassandra, wide column
n1ql: couchbase
aql: arangodb, aerospike
postgis, pgvector, plpgsql, pgbouncer: postgresql
innodb, galera, myisam: mysql, mariadb
jdbc, odbc: relational database, sql
event sourcing, cqrs, event driven: event streaming, message broker, messaging
session storage, session cache, leaderboard, rate counter: in memory, key value, caching
offline first, mobile sync, data sync: sync, replication, mobile
reactive database, changefeed: real time, realtime web
full text indexing, indexing, lucene: search engine, search platform, lucene
log viewer, log dashboard, log search, log explorer: search analytics, explore data, visualization, log
etl pipeline, data ingestion, data pipeline, ingest, log pipeline: data collector, pipeline, stream processing, batch
data lake, big query, sql analytics: analytics, large scale data processing, distributed sql
notebook, jupyter, data scientist: technical computing, statistical computing, data science
complex event processing, anomaly detection, event processing: stream processing, data processing, realtime computation
jms, xmpp: message broker, messaging
home assistant, smart home, sensor, telemetry, industrial iot: mqtt, iot
warehouse management, wms, purchasing, manufacturing, mrp, payroll, billing, pos, e commerce, marketplace: business apps, erp
shopify, magento, woocommerce, prestashop: business apps, e commerce, erp
sales, sales pipeline, lead, marketing automation, customer database, customer support: customer relationship, crm, business apps
agile, sprint, backlog, roadmap, time tracking: project management
calendar, caldav, carddav, webdav: contacts, groupware, collaboration, file hosting
document collaboration, collaborative editing, file collaboration: collaborative, collaboration, groupware, wiki
enterprise social network, social intranet, employee portal: collaborative, social network, social web
web portal, portal, landing page, personal website, magazine, news site: content management, publish, blog
photo backup, google photo, photo sharing: file hosting, file sync
gamer chat, gaming voice: voice communication
irc, irc client, irc server, chat client, terminal chat: irc
email gui, mail account, virtual mailbox, postfix: postfix
pgadmin, dbeaver, sql client, sql gui, sql editor, heidisql, navicat, datagrip, mysql workbench, sqlite browser, db browser, database browser: database management, database administration
robot middleware, robot framework, autonomous vehicle, drone: robot
3d simulation, simulation, physics: simulation, simulating
brain imaging, mri, fmri, psychology: neuroscience
technical debt, code coverage, quality gate, vulnerability scanning, security scanning, code scanner: code quality, code analysis, code security
access control, identity broker, federated identity, federated login, federated authentication: saml, openid connect, auth protocols
supply chain security, tuf: signing, trust
harbor, quay, nexus, jfrog: container registry, image registry
kernel, gnu linux, server os, enterprise os: linux distribution, linux, operating system
glibc, apk, microcontainer: minimal, linux
static binary, distroless, from scratch, no shell: scratch, empty image, minimal
cloud vm, qemu, kvm, openstack: cloud, test image
make, cmake, build dependency, dev headers, build environment: buildpack, compiler, build
scala, kotlin, clojure script: jvm
jar, spring, spring boot, war: java, jdk, servlet
laravel, symfony, zend, cakephp: php
django, flask, fastapi, numpy, pandas: python
react, express, nextjs, vue, angular: node
cgo, goroutine: golang
ggplot, cran, tidyverse, shiny: r statistics, statistical computing
actor model, concurrency, fault tolerant, concurrent: concurrent, fault tolerant, erlang
memory safe, memory safety, memory safe language: systems programming, system programming
type safe, statically typed: systems programming, programming language, statically typed
machine code, cobol, ada, objective c, d: compiler, compiler collection
rapid application development, rad, mobile backend, mobile app backend: low code, app platform, mobile
approval, bpa, process modeling, process automation, case management: business process, workflow
ship log, collect log, forward log, parse log, log forwarding, log shipping, log forwarder, log processor, log router: log, event, data collector
own cloud, home cloud, photo sync, sync photo, share photo, store file, sync file, sync folder: file hosting, share files, sync files, cloud storage
store metric, monitor server, record metric: time series, metrics, monitoring
visualize data, plot data, explore data, visualise data: visualization, explore data, dashboard
host website, serve website, serve static file, serve file, host static file: web server, http server
build website, create website, make website, manage content: content management, publish, cms
route traffic, balance traffic, distribute traffic, balance load: load balancer, edge router, reverse proxy
cache page, speed up website, accelerate website, website faster, faster website, website performance, web performance: http accelerator, caching
secure api, protect api, publish api: api firewall, api gateway
track issue, track bug, manage project, plan project, track task: project management, issue tracking
manage customer, track customer, manage contact: customer relationship, relationship manager, contacts
send newsletter, write blog, publish article: publish, newsletter, blog
track visitor, count visitor, measure traffic: web analytics, analytics platform
shorten link, shorten url: url shortener, short url
scan code, analyze code, check code, inspect code: code quality, code analysis, static analysis
sign image, verify image, trust image: signing, trust
push image, host image, store image, own registry: container registry, image registry
run java, run jar, compile java: jdk, jre
java build, jvm build, build java, java build tool: build tool, build automation, project management comprehension
compile c, compile code: compiler, compiler collection
send message, queue job, exchange message: message broker, messaging
query big data, process big data, analyze data: analytics, large scale data processing, distributed sql
search document, search text, index document: search engine, search platform
run workflow, automate process, model process: business process, workflow
manage database, browse database, edit database: database management, admin interface, database administration
migrate database, version database, change schema: schema migration, database schema, database changes
simulate robot, control robot: robot
`;
