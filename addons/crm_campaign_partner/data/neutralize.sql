-- A copy speaks with nobody: no credentials, and nothing of what waits goes out.
UPDATE crm_contact_account
   SET credentials = NULL,
       host_overrides = NULL,
       token_expiry = NULL,
       consent_state = NULL,
       mail_server_id = NULL,
       webhook_uuid = md5(random()::text || id),
       state = 'draft';
UPDATE crm_contact_touch
   SET state = 'blocked',
       reason = 'copy of a database'
 WHERE state = 'queued';
