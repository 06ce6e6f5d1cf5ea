-- Facebook: no token of a page, and nothing reported to Facebook
UPDATE crm_connector_page SET access_token = NULL;
UPDATE crm_connector SET send_stages = false;
