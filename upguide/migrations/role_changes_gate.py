"""Who gives and ends roles, who hears of it, and what stays of it (W8, W9): frozen with migration 0015, as `roles`.

Each function checks by itself who asks.
"""

VIEWER = "NULLIF(current_setting('app.viewer', true), '')::uuid"
HEAD = "SECURITY DEFINER SET search_path = public, pg_temp AS $$"
REFUSED = "RAISE EXCEPTION 'only a bound webmaster may do this' USING ERRCODE = 'insufficient_privilege'"
# One change of an account or a role at a time: here, in `gate.act_on` and at the command line.
LOCK = "pg_advisory_xact_lock(hashtext('upguide roles'))"
# As in 0017: work behind the pages, and the command line, run in nobody's name and on no portal.
IS_JOB = (
    "coalesce(current_setting('app.tenant', true), '') = '' AND coalesce(current_setting('app.viewer', true), '') = ''"
)
NO_JOB = "RAISE EXCEPTION 'only a job may do this' USING ERRCODE = 'insufficient_privilege'"

CHANGES = {
    # As in 0007, and the officers are told as well: `reader` is the role in which somebody hears of it. Where there is
    # an officer, bound or not, one webmaster appoints no other, who could close what is asked about the webmaster.
    "change_role(text, text, text, text, uuid)": f"""
CREATE FUNCTION gate.change_role(asked_address text, asked_role text, asked_change text, asked_reason text,
                                 asked_session uuid)
RETURNS TABLE (outcome text, person_id uuid, mail_address text, language varchar, portal text, is_subject boolean,
               reader varchar)
LANGUAGE plpgsql {HEAD}
DECLARE subject record; told text; noted uuid := gen_random_uuid();
BEGIN
    -- Two webmasters who dismiss each other at one moment would leave none.
    PERFORM {LOCK};
    IF NOT gate.bound('webmaster') THEN {REFUSED}; END IF;
    SELECT p.id, p.blocked_at, (SELECT r.role FROM role_grants r WHERE r.person_id = p.id) AS role,
           (SELECT r.granted_at FROM role_grants r WHERE r.person_id = p.id) AS granted_at
    INTO subject FROM persons p WHERE p.mail_address = asked_address;
    told := CASE
        WHEN NOT FOUND THEN 'nobody'
        WHEN subject.id = {VIEWER} THEN 'self'
        WHEN asked_change = 'appoint' AND subject.role IS NOT NULL THEN 'has_role'
        WHEN asked_change = 'appoint' AND subject.blocked_at IS NOT NULL THEN 'blocked'
        WHEN asked_change = 'appoint' AND asked_role = 'officer' AND EXISTS (
            SELECT FROM role_grants r WHERE r.role = 'officer') THEN 'has_officer'
        WHEN asked_change = 'appoint' THEN 'appoint'
        WHEN subject.role IS DISTINCT FROM asked_role THEN 'has_not'
        WHEN asked_role <> 'officer' OR EXISTS (
            SELECT FROM acts a JOIN role_grants r ON r.person_id = a.webmaster_id AND r.role = 'webmaster'
            JOIN role_grants me ON me.person_id = {VIEWER}
            WHERE greatest(r.granted_at, me.granted_at) <= now() - interval '7 days'
            AND a.person_id = subject.id AND a.act = 'ask_dismissal' AND a.webmaster_id <> {VIEWER}
            AND a.done_at > greatest(now() - interval '7 days', subject.granted_at)
        ) THEN 'dismiss'
        ELSE 'ask_dismissal' END;
    IF told NOT IN ('appoint', 'dismiss', 'ask_dismissal') THEN
        RETURN QUERY SELECT told, NULL::uuid, NULL::text, NULL::varchar, NULL::text, NULL::boolean, NULL::varchar;
        RETURN;
    END IF;
    IF told = 'appoint' THEN
        INSERT INTO role_grants (person_id, role) VALUES (subject.id, asked_role);
    ELSIF told = 'dismiss' THEN
        DELETE FROM role_grants r WHERE r.person_id = subject.id;
    END IF;
    INSERT INTO acts (id, person_id, webmaster_id, session_id, tenant_id, act, role, reason)
    VALUES (noted, subject.id, {VIEWER}, asked_session, current_setting('app.tenant', true), told, asked_role,
            asked_reason);
    INSERT INTO role_history (id, holder_id, by_id, tenant_id, act, role)
    VALUES (noted, subject.id, {VIEWER}, current_setting('app.tenant', true), told, asked_role);
    RETURN QUERY SELECT told, p.id, p.mail_address, p.language, gate.home_of(p.id), p.id = subject.id, r.role
    FROM persons p LEFT JOIN role_grants r ON r.person_id = p.id
    WHERE p.id = subject.id OR (p.id <> {VIEWER} AND r.role IN ('webmaster', 'officer'));
END $$""",
    # For the command line, which has no viewer: who is to hear that somebody's role changed, and in which role.
    "role_readers(uuid)": f"""
CREATE FUNCTION gate.role_readers(asked_person uuid)
RETURNS TABLE (person_id uuid, mail_address text, language varchar, portal text, is_subject boolean, reader varchar)
LANGUAGE plpgsql STABLE {HEAD}
BEGIN
    IF NOT ({IS_JOB}) THEN {NO_JOB}; END IF;
    RETURN QUERY SELECT p.id, p.mail_address, p.language, gate.home_of(p.id), p.id = asked_person, r.role
    FROM persons p LEFT JOIN role_grants r ON r.person_id = p.id
    WHERE p.id = asked_person OR r.role IN ('webmaster', 'officer');
END $$""",
    # To the job that erases whoever `app.viewer` is: noted, and who is to hear of it. `owner`, without an address,
    # where no officer or no two webmasters are left who can work.
    "role_goes()": f"""
CREATE FUNCTION gate.role_goes()
RETURNS TABLE (person_id uuid, mail_address text, language varchar, portal text, reader varchar, role varchar)
LANGUAGE plpgsql {HEAD}
DECLARE gone varchar := (SELECT r.role FROM role_grants r WHERE r.person_id = {VIEWER});
BEGIN
    IF coalesce(current_setting('app.tenant', true), '') <> '' THEN {NO_JOB}; END IF;
    IF gone IS NULL THEN RETURN; END IF;
    INSERT INTO role_history (id, holder_id, act, role) VALUES (gen_random_uuid(), {VIEWER}, 'gone', gone);
    RETURN QUERY SELECT p.id, p.mail_address, p.language, gate.home_of(p.id), r.role, gone
    FROM role_grants r JOIN persons p ON p.id = r.person_id
    WHERE p.id <> {VIEWER} AND r.role IN ('webmaster', 'officer');
    RETURN QUERY SELECT NULL::uuid, NULL::text, NULL::varchar, NULL::text, 'owner'::varchar, gone
    WHERE (SELECT count(*) FROM role_grants r WHERE r.role = gone AND r.person_id <> {VIEWER}
           AND gate.is_bound(r.person_id, gone)) < CASE gone WHEN 'webmaster' THEN 2 ELSE 1 END;
END $$""",
    # To the officer: whom by number, as in every list of theirs.
    "role_register()": f"""
CREATE FUNCTION gate.role_register()
RETURNS TABLE (person_id uuid, handle varchar, number varchar, role varchar, granted_at timestamptz,
               signed_until timestamptz, blocked boolean)
LANGUAGE sql STABLE {HEAD}
    SELECT r.person_id, gate.handle_of(r.person_id), p.number, r.role, r.granted_at,
        (SELECT max(s.expires_at) FROM signatures s
         WHERE s.person_id = r.person_id AND s.agreement = 'confidentiality'
         AND s.version = gate.agreement_version('confidentiality') AND s.expires_at > now()),
        p.blocked_at IS NOT NULL
    FROM role_grants r JOIN persons p ON p.id = r.person_id
    WHERE gate.bound('officer') ORDER BY r.role, r.granted_at, r.person_id
$$""",
    # Who is gone is NULL, and so is the reason, which may say who it was.
    "role_changes(integer, integer)": f"""
CREATE FUNCTION gate.role_changes(at_most integer, left_out integer)
RETURNS TABLE (done_at timestamptz, act varchar, role varchar, reason text, portal text, person_id uuid,
               handle varchar, number varchar, by_id uuid, by_handle varchar, by_number varchar)
LANGUAGE sql STABLE {HEAD}
    SELECT h.done_at, h.act, h.role, a.reason, h.tenant_id, p.id, gate.handle_of(p.id), p.number,
        w.id, gate.handle_of(w.id), w.number
    FROM (
        SELECT * FROM role_history WHERE gate.bound('officer')
        ORDER BY done_at DESC, id LIMIT at_most OFFSET left_out
    ) h LEFT JOIN acts a ON a.id = h.id
    LEFT JOIN persons p ON p.id = h.holder_id LEFT JOIN persons w ON w.id = h.by_id
    ORDER BY h.done_at DESC, h.id
$$""",
}
