-- The role and the database of Halflight, with the least that it needs. Run it as a superuser with psql; twice is the same as once:
--   psql --no-psqlrc --file deploy/postgres-roles.sql --set owner_password=...
-- In a container the password comes from /run/secrets/postgres-owner. Other names: --set database=... --set owner=...
--
-- The role is no superuser and can do nothing outside its own database, which nobody else may enter. It owns its tables, because the
-- service brings them up to date and makes one for each month of use. There is no role for readers: the tables hold the names of people,
-- which the API shows as pseudonyms only.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?database}
\else
  \set database halflight
\endif
\if :{?owner}
\else
  \set owner halflight
\endif
\if :{?owner_password}
\else
  \set owner_password `cat /run/secrets/postgres-owner`
\endif

set password_encryption = 'scram-sha-256';
-- A password in the log of the server would be one too many.
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
select format('create role %I', :'owner') where not exists (select from pg_roles where rolname = :'owner') \gexec
alter role :"owner" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'owner_password';
select format('create database %I owner %I encoding ''UTF8'' template template0', :'database', :'owner')
  where not exists (select from pg_database where datname = :'database') \gexec
revoke all on database :"database" from public;

\connect :"database"
alter schema public owner to :"owner";
revoke all on schema public from public;
