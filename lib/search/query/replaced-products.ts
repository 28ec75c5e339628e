/** Who asks for an alternative to a product before the colon is answered by the class of software after it. */
export const REPLACED_BY = `
redis, memcached, valkey, dragonfly, hazelcast: key value, in memory, memory object caching
mongodb, couchdb, couchbase, rethinkdb: document database, nosql, json documents
cassandra, scylladb, hbase: wide column, distributed storage, nosql
mysql, mariadb, percona, postgresql, oracle, sql server, firebird: relational database, sql, object relational, mysql fork
neo4j, arangodb, janusgraph: graph database, multi model
influxdb, timescaledb, prometheus, graphite: time series, metrics
clickhouse, druid, snowflake, redshift, bigquery: column oriented, analytics, distributed sql
elasticsearch, solr, opensearch, algolia: search engine, search platform, full text search
kibana, grafana, chronograf: visualization, explore data, dashboard
logstash, fluentd, splunk, graylog, loki, vector: log, event, data collector
telegraf, datadog, zabbix, nagios: metrics, monitoring, collecting metrics
rabbitmq, kafka, activemq, nats, pulsar, kinesis: message broker, messaging, event streaming
mosquitto, emqx, hivemq: mqtt
nginx, apache, caddy, lighttpd, iis, litespeed: web server, http server
haproxy, traefik, envoy, f5: load balancer, reverse proxy, edge router
kong, krakend, apigee, tyk: api gateway
varnish, squid: http accelerator, caching, reverse proxy
spark, flink, storm, hadoop: stream processing, large scale data processing, realtime computation, distributed computation
zookeeper, etcd, consul: distributed coordination
tomcat, jetty, tomee, wildfly, jboss, glassfish, weblogic, websphere: servlet, java ee, jakarta ee, microprofile
openjdk, oracle java, oracle jdk: jdk, java
wordpress, drupal, joomla, ghost, typo3, plone: content management, cms, publish, blog
mediawiki, xwiki, confluence, notion, dokuwiki: wiki
nextcloud, owncloud, dropbox, seafile, sharepoint: file hosting, share files, sync files
rocket.chat, slack, mattermost, discord, teams: chat, team communication, voice communication
redmine, jira, bugzilla, trello, asana: project management, issue tracking
odoo, sap, erpnext, netsuite, quickbooks, dolibarr: erp, business apps
espocrm, salesforce, hubspot, suitecrm: crm, customer relationship
matomo, google analytics, plausible, umami: web analytics, analytics platform
yourls, bitly: url shortener
friendica, facebook, mastodon, diaspora: social network, social web
sonarqube, codacy, codeclimate: code quality, static analysis, code analysis
phpmyadmin, adminer, pgadmin, dbeaver, mongo express, heidisql, navicat, workbench: database management, admin interface, web interface, database administration
maven, gradle, ant, make, bazel: build tool, build automation, project management comprehension
composer, npm, pip: dependency manager, package manager
docker hub, harbor, quay, nexus: container registry, image registry
ubuntu, debian, alpine, arch: linux distribution, linux
centos, rhel, red hat: red hat enterprise linux, enterprise linux, rhel compatible
matlab, sas, spss, stata, octave: statistical computing, technical computing
bonita, camunda, activiti: business process, workflow
liquibase, flyway: database schema, schema migration, database changes
`;

/** Words that ask for one, before `to` or after the product. */
export const REPLACING = 'alternative replacement substitute equivalent competitor clone';
