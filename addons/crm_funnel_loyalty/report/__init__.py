from . import crm_care_report
