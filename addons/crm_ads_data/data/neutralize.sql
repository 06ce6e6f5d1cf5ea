-- A copy speaks with nobody's shop: no credentials, nothing runs.
UPDATE crm_connector
   SET app_key = NULL,
       app_secret = NULL,
       api_key = NULL,
       api_secret = NULL,
       access_token = NULL,
       refresh_token = NULL,
       token_expiry = NULL,
       refresh_expiry = NULL,
       webhook_secret = NULL,
       verify_token = NULL,
       webhook_url = NULL,
       host_overrides = NULL,
       webhook_uuid = md5(random()::text || id),
       auth_state = 'unset';
UPDATE crm_connector
   SET state = 'paused'
 WHERE state = 'running';
