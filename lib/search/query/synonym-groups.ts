// The field's synonyms and abbreviations.

/** Terms of each line mean the same. */
export const SAME = `
kubernetes, k8s, kube
postgresql, postgres, pg, psql
mongodb, mongo
rabbitmq, rabbit
elasticsearch, elastic
javascript, js, ecmascript
nodejs, node
typescript, ts
python, py
golang, go
dotnet, aspnet, csharp
memcached, memcache
database, db, datastore, dbms
certificate, cert, tls, ssl
authentication, auth
config, configuration
repository, repo
monitoring, observability
load balancer, loadbalancer, lb, load balancing
docs, documentation
amd64, x86
arm64, aarch64
c++, cpp
windows, win
httpd, apache, apache2
gui, web interface, ui, frontend, admin interface, web ui
admin, administration, management
jdk, openjdk, java development kit
jre, java runtime, java virtual machine, jvm
java ee, jakarta ee, javaee, jee, j2ee
java application server, java server, java ee server
servlet container, servlet engine, servlets
erp, enterprise resource planning
crm, customer relationship management, customer relations, customer management
bpm, business process management, business process automation
cms, content management, content management system
rdbms, relational database, relational database management system
time series, timeseries, tsdb
key value, keyvalue, kv
key value store, kv store, key value database
graph database, graphdb
document database, document store, documentdb
message queue, mq, message broker, messaging system, queue, queueing
pub sub, pubsub, publish subscribe
api gateway, gateway
tls termination, ssl termination, tls offloading
single sign on, sso
openid connect, oidc, openid
oauth, oauth2
saml, saml2
identity provider, idp
waf, web application firewall
internet of things, iot
machine learning, ml, artificial intelligence, ai
large language model, llm
etl, data pipeline, data integration
olap, online analytical processing
full text search, fulltext, text search
log aggregation, log collection, log collector, logging, log shipper
issue tracker, issue tracking, bug tracker, bug tracking, ticketing, ticket system
project management, project management tool, task management
version control, source control, vcs, git hosting, code hosting, scm
continuous integration, ci, build server
continuous delivery, continuous deployment, cd
ci cd, cicd
static analysis, code analysis, code quality, sast, linter, linting, static analyzer, code analyzer, code inspection, static code analysis, static code analyzer
package manager, dependency manager, dependency management
build tool, build automation, build system
url shortener, link shortener, short links
voip, voice over ip, voice communication, voice chat
instant messaging, chat, im
email, mail, e mail
smtp, mail server, mta
file sharing, file hosting, file sync, file synchronization, cloud storage, cloud drive, share files, sync files
object storage, object store, s3, blob storage
social network, social networking, social media
web analytics, website analytics, traffic analytics, visitor statistics, web statistics, web stats, site statistics
business intelligence, bi
gis, geospatial, spatial, geographic
low code, no code, lowcode, nocode, without coding, without code
docker in docker, dind
container registry, docker registry, image registry, registry server, store container images, store docker images, store images
linux distribution, distro, linux distro, linux os
operating system, os
visualization, visualisation, dashboard
simulation, simulator
robot, robotics
statistics, statistical
virtual private network, vpn
domain name system, dns
intrusion detection, ids
secret, secrets management, secret manager, credentials
infrastructure as code, iac
function as a service, faas, serverless
platform as a service, paas
feature flag, feature toggle
video conferencing, video calls, web conferencing
media server, streaming server, media streaming
password manager, password vault
home automation, smart home
ad blocker, ad blocking, adblock
web scraping, scraper, crawler, web crawler
pdf generation, pdf converter
e commerce, ecommerce, online shop, shop, web shop, online store
learning management, lms, e learning
human resources, hr
wysiwyg, rich text editor
reverse engineering, disassembler
distributed tracing, tracing, apm
stream processing, streaming, event streaming, event processing
big data, large scale data processing, distributed data processing
column store, columnstore, columnar, column oriented
secure, hardened, security focused, security oriented
wiki software, wiki engine, wiki server
photo gallery, photo management, photo library
note taking, notes app, notes
rss reader, feed reader, feed aggregator
bookmark manager, bookmarks
recipe manager, recipes
download manager, torrent client, bittorrent
print server, cups
ftp server, ftp, sftp
ldap server, ldap, directory server
time tracking, timesheet, time tracker
survey tool, survey, forms
forum, discussion board, bulletin board, message board
web proxy, http proxy, forward proxy
web socket, websocket, websockets
remote desktop, rdp, vnc
job scheduler, cron, task scheduler
artifact repository, package registry, package repository
reporting, reports, report generator
state machine, orchestration, workflow orchestration
microservice, microservices
`;

/** Words that change little. Results may lack them. */
export const OPTIONAL = `
  alternative alternatives drop replacement replacements substitute substitutes equivalent similar like clone clones best good great
  simple easy free open source opensource foss oss self hosted selfhosted private hosting software program programs tool tools
  app apps application applications docker container containers containerized dockerized image images official latest
  install installation run running using use based need want looking something solution solutions project implementation server servers
  system systems platform platforms engine engines store service services framework frameworks suite manager management
  stack language languages technology`;
