"""What opens more than one's own rows to a webmaster, and only to one who is bound: frozen with migration 0007.

Each function looks itself who asks (`app.viewer`): a webmaster by appointment, not blocked, whose signature under the
current confidentiality agreement has not ended (W9, D3). Another version of an agreement is another migration, which
replaces `gate.agreement_version`.
"""

_ME = "NULLIF(current_setting('app.viewer', true), '')::uuid"
_HEAD = "SECURITY DEFINER SET search_path = public, pg_temp AS $$"
_REFUSED = "RAISE EXCEPTION 'only a bound webmaster may do this' USING ERRCODE = 'insufficient_privilege'"

AGREEMENT_VERSION = f"""
CREATE FUNCTION gate.agreement_version(asked text) RETURNS integer LANGUAGE sql IMMUTABLE {_HEAD}
    SELECT CASE asked WHEN 'confidentiality' THEN 1 WHEN 'processor' THEN 1 WHEN 'supervision' THEN 1 END
$$
"""
BOUND = f"""
CREATE FUNCTION gate.bound(asked_role text) RETURNS boolean LANGUAGE sql STABLE {_HEAD}
    SELECT EXISTS (
        SELECT FROM role_grants r
        JOIN persons p ON p.id = r.person_id AND p.blocked_at IS NULL
        JOIN signatures s ON s.person_id = r.person_id AND s.agreement = 'confidentiality'
            AND s.version = gate.agreement_version('confidentiality') AND s.expires_at > now()
        WHERE r.person_id = {_ME} AND r.role = asked_role
    )
$$
"""
# Whose data is open to the one who asks. The policies of 0007 read it once a statement, and only where nothing else
# lets a row pass.
LOOKED_AT = f"""
CREATE FUNCTION gate.looked_at() RETURNS uuid[] LANGUAGE sql STABLE {_HEAD}
    SELECT CASE WHEN gate.bound('webmaster') THEN ARRAY(
        SELECT a.person_id FROM acts a WHERE a.webmaster_id = {_ME} AND a.closes_at > now()
    ) END
$$
"""
# Where somebody is written to: here, else on a portal that they belong to.
HOME_OF = f"""
CREATE FUNCTION gate.home_of(asked_person uuid) RETURNS text LANGUAGE sql STABLE {_HEAD}
    SELECT coalesce(
        (SELECT m.tenant_id FROM memberships m
         WHERE m.person_id = asked_person AND m.tenant_id = current_setting('app.tenant', true)),
        (SELECT min(m.tenant_id) FROM memberships m WHERE m.person_id = asked_person)
    )
$$
"""
# How `show` names somebody on this portal: by it a name is found again in what `show` gave.
HANDLE_OF = f"""
CREATE FUNCTION gate.handle_of(asked_person uuid) RETURNS varchar LANGUAGE sql STABLE {_HEAD}
    SELECT m.handle FROM memberships m
    WHERE m.person_id = asked_person AND m.tenant_id = current_setting('app.tenant', true)
    AND (gate.bound('webmaster') OR gate.bound('officer'))
$$
"""
OPEN_LOOK = f"""
CREATE FUNCTION gate.open_look(asked_address text, asked_number text, asked_person uuid, asked_session uuid,
                               asked_reason text)
RETURNS TABLE (look_id uuid, person_id uuid, mail_address text, language varchar, portal text)
LANGUAGE plpgsql {_HEAD}
DECLARE found_one record; made uuid := gen_random_uuid();
BEGIN
    IF NOT gate.bound('webmaster') THEN {_REFUSED}; END IF;
    SELECT p.id, p.mail_address, p.language INTO found_one FROM persons p
    WHERE (p.mail_address = asked_address OR p.number = asked_number OR p.id = asked_person) AND p.id <> {_ME};
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO acts (id, person_id, webmaster_id, session_id, tenant_id, act, reason, closes_at)
    VALUES (made, found_one.id, {_ME}, asked_session, current_setting('app.tenant', true), 'look', asked_reason,
            now() + interval '30 minutes');
    RETURN QUERY SELECT made, found_one.id, found_one.mail_address, found_one.language, gate.home_of(found_one.id);
END $$
"""
LOOK = f"""
CREATE FUNCTION gate.look(asked_look uuid)
RETURNS TABLE (person_id uuid, reason text, opened_at timestamptz, closes_at timestamptz, session_id uuid)
LANGUAGE sql STABLE {_HEAD}
    SELECT a.person_id, a.reason, a.done_at, a.closes_at, a.session_id FROM acts a
    WHERE a.id = asked_look AND a.webmaster_id = {_ME} AND a.closes_at > now() AND gate.bound('webmaster')
$$
"""
ACCOUNT_OF = f"""
CREATE FUNCTION gate.account_of(asked_look uuid)
RETURNS TABLE (number varchar, portals text[], role varchar, has_app boolean, passkeys bigint, codes bigint,
               sessions bigint, has_pin boolean, blocked_at timestamptz, blocked_reason text)
LANGUAGE sql STABLE {_HEAD}
    SELECT p.number, ARRAY(SELECT m.tenant_id FROM memberships m WHERE m.person_id = p.id ORDER BY 1),
        (SELECT r.role FROM role_grants r WHERE r.person_id = p.id),
        EXISTS (SELECT FROM totps t WHERE t.person_id = p.id AND t.set_at IS NOT NULL),
        (SELECT count(*) FROM passkeys k WHERE k.person_id = p.id),
        (SELECT count(*) FROM recovery_codes c WHERE c.person_id = p.id),
        (SELECT count(*) FROM sessions s WHERE s.person_id = p.id),
        EXISTS (SELECT FROM credentials c WHERE c.person_id = p.id AND c.pin_hash IS NOT NULL),
        p.blocked_at, p.blocked_reason
    FROM gate.look(asked_look) l JOIN persons p ON p.id = l.person_id
$$
"""
# Whoever holds a role is dismissed first: a single webmaster neither silences the officer nor weakens a colleague.
ACT_ON = f"""
CREATE FUNCTION gate.act_on(asked_look uuid, asked_act text, asked_reason text)
RETURNS TABLE (outcome text, person_id uuid, mail_address text, language varchar, portal text)
LANGUAGE plpgsql {_HEAD}
DECLARE known record; told text := 'done';
BEGIN
    IF NOT gate.bound('webmaster') THEN {_REFUSED}; END IF;
    SELECT l.person_id, l.session_id, p.mail_address, p.language, p.blocked_at IS NOT NULL AS blocked INTO known
    FROM gate.look(asked_look) l JOIN persons p ON p.id = l.person_id;
    IF NOT FOUND THEN RETURN; END IF;
    IF asked_act <> 'release' AND EXISTS (SELECT FROM role_grants r WHERE r.person_id = known.person_id) THEN
        told := 'has_role';
    ELSIF asked_act = 'block' AND NOT known.blocked THEN
        UPDATE persons p SET blocked_at = now(), blocked_reason = asked_reason WHERE p.id = known.person_id;
    ELSIF asked_act = 'release' AND known.blocked THEN
        UPDATE persons p SET blocked_at = NULL, blocked_reason = NULL WHERE p.id = known.person_id;
    ELSIF asked_act = 'remove_factors' AND (
        EXISTS (SELECT FROM totps t WHERE t.person_id = known.person_id)
        OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = known.person_id)
    ) THEN
        DELETE FROM totps t WHERE t.person_id = known.person_id;
        DELETE FROM passkeys k WHERE k.person_id = known.person_id;
        DELETE FROM recovery_codes c WHERE c.person_id = known.person_id;
    ELSE
        told := 'unchanged';
    END IF;
    IF told = 'done' THEN
        INSERT INTO acts (id, person_id, webmaster_id, session_id, tenant_id, act, reason)
        VALUES (gen_random_uuid(), known.person_id, {_ME}, known.session_id, current_setting('app.tenant', true),
                asked_act, asked_reason);
        IF asked_act <> 'release' THEN
            DELETE FROM sessions s WHERE s.person_id = known.person_id;
        END IF;
    END IF;
    RETURN QUERY SELECT told, known.person_id, known.mail_address, known.language, gate.home_of(known.person_id);
END $$
"""
# Nobody changes their own role, nobody has two, and an officer goes only when two webmasters say so (W8): the first
# asks, another one does it within a week. So there is always a webmaster left: the one who did it. Both have been
# webmaster for a week: nobody appoints a second voice for the occasion.
CHANGE_ROLE = f"""
CREATE FUNCTION gate.change_role(asked_address text, asked_role text, asked_change text, asked_reason text,
                                 asked_session uuid)
RETURNS TABLE (outcome text, person_id uuid, mail_address text, language varchar, portal text, is_subject boolean)
LANGUAGE plpgsql {_HEAD}
DECLARE subject record; told text;
BEGIN
    -- One change at a time: two webmasters who dismiss each other at one moment would leave none.
    PERFORM pg_advisory_xact_lock(hashtext('upguide roles'));
    IF NOT gate.bound('webmaster') THEN {_REFUSED}; END IF;
    SELECT p.id, p.blocked_at, (SELECT r.role FROM role_grants r WHERE r.person_id = p.id) AS role,
           (SELECT r.granted_at FROM role_grants r WHERE r.person_id = p.id) AS granted_at
    INTO subject FROM persons p WHERE p.mail_address = asked_address;
    told := CASE
        WHEN NOT FOUND THEN 'nobody'
        WHEN subject.id = {_ME} THEN 'self'
        WHEN asked_change = 'appoint' AND subject.role IS NOT NULL THEN 'has_role'
        WHEN asked_change = 'appoint' AND subject.blocked_at IS NOT NULL THEN 'blocked'
        WHEN asked_change = 'appoint' THEN 'appoint'
        WHEN subject.role IS DISTINCT FROM asked_role THEN 'has_not'
        WHEN asked_role <> 'officer' OR EXISTS (
            SELECT FROM acts a JOIN role_grants r ON r.person_id = a.webmaster_id AND r.role = 'webmaster'
            JOIN role_grants me ON me.person_id = {_ME}
            WHERE greatest(r.granted_at, me.granted_at) <= now() - interval '7 days'
            AND a.person_id = subject.id AND a.act = 'ask_dismissal' AND a.webmaster_id <> {_ME}
            AND a.done_at > greatest(now() - interval '7 days', subject.granted_at)
        ) THEN 'dismiss'
        ELSE 'ask_dismissal' END;
    IF told NOT IN ('appoint', 'dismiss', 'ask_dismissal') THEN
        RETURN QUERY SELECT told, NULL::uuid, NULL::text, NULL::varchar, NULL::text, NULL::boolean;
        RETURN;
    END IF;
    IF told = 'appoint' THEN
        INSERT INTO role_grants (person_id, role) VALUES (subject.id, asked_role);
    ELSIF told = 'dismiss' THEN
        DELETE FROM role_grants r WHERE r.person_id = subject.id;
    END IF;
    INSERT INTO acts (id, person_id, webmaster_id, session_id, tenant_id, act, role, reason)
    VALUES (gen_random_uuid(), subject.id, {_ME}, asked_session, current_setting('app.tenant', true), told, asked_role,
            asked_reason);
    RETURN QUERY SELECT told, p.id, p.mail_address, p.language, gate.home_of(p.id), p.id = subject.id FROM persons p
    WHERE p.id = subject.id
       OR (p.id <> {_ME} AND p.id IN (SELECT r.person_id FROM role_grants r WHERE r.role = 'webmaster'));
END $$
"""
ROLE_HOLDERS = f"""
CREATE FUNCTION gate.role_holders()
RETURNS TABLE (person_id uuid, handle varchar, role varchar, granted_at timestamptz, signed_until timestamptz)
LANGUAGE sql STABLE {_HEAD}
    SELECT r.person_id, gate.handle_of(r.person_id), r.role, r.granted_at,
        (SELECT max(s.expires_at) FROM signatures s
         WHERE s.person_id = r.person_id AND s.agreement = 'confidentiality'
         AND s.version = gate.agreement_version('confidentiality') AND s.expires_at > now())
    FROM role_grants r WHERE gate.bound('webmaster') OR gate.bound('officer') ORDER BY r.role, r.granted_at
$$
"""
RECENT_ACTS = f"""
CREATE FUNCTION gate.recent_acts(asked_acts text[], at_most integer)
RETURNS TABLE (person_id uuid, handle varchar, done_at timestamptz, act varchar, role varchar, reason text,
               mine boolean)
LANGUAGE sql STABLE {_HEAD}
    SELECT a.person_id, gate.handle_of(a.person_id), a.done_at, a.act, a.role, a.reason,
        a.webmaster_id IS NOT DISTINCT FROM {_ME}
    FROM acts a WHERE a.act = ANY (asked_acts) AND (gate.bound('webmaster') OR gate.bound('officer'))
    ORDER BY a.done_at DESC, a.id LIMIT at_most
$$
"""
PORTAL_COUNTS = f"""
CREATE FUNCTION gate.portal_counts(asked_portals text[], at_most integer)
RETURNS TABLE (portal text, members bigint) LANGUAGE sql STABLE {_HEAD}
    SELECT asked.portal, (
        SELECT count(*) FROM (SELECT FROM memberships m WHERE m.tenant_id = asked.portal LIMIT at_most) AS counted
    ) FROM unnest(asked_portals) AS asked(portal) WHERE gate.bound('webmaster')
$$
"""
UNSENT_MAILS = f"""
CREATE FUNCTION gate.unsent_mails(at_most integer)
RETURNS TABLE (mail_id uuid, portal text, kind varchar, state varchar, outcome varchar, attempts smallint,
               made_at timestamptz)
LANGUAGE sql STABLE {_HEAD}
    SELECT m.id, m.tenant_id, m.kind, m.state, m.outcome, m.attempts, m.made_at FROM mails m
    WHERE m.state IN ('failed', 'uncertain') AND gate.bound('webmaster') ORDER BY m.made_at DESC, m.id LIMIT at_most
$$
"""
# What may have arrived is never sent again.
SEND_AGAIN = f"""
CREATE FUNCTION gate.send_again(asked_mail uuid) RETURNS text LANGUAGE sql {_HEAD}
    UPDATE mails m SET state = 'queued', made_at = now()
    WHERE m.id = asked_mail AND m.state = 'failed' AND gate.bound('webmaster') RETURNING m.tenant_id
$$
"""
DROP_MAIL = f"""
CREATE FUNCTION gate.drop_mail(asked_mail uuid) RETURNS boolean LANGUAGE sql {_HEAD}
    WITH gone AS (
        DELETE FROM mails m WHERE m.id = asked_mail AND m.state IN ('failed', 'uncertain') AND gate.bound('webmaster')
        RETURNING m.id
    ) SELECT EXISTS (SELECT FROM gone)
$$
"""
SIGNATURE_REGISTER = f"""
CREATE FUNCTION gate.signature_register(at_most integer)
RETURNS TABLE (person_id uuid, handle varchar, agreement varchar, version integer, language varchar,
               signed_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE {_HEAD}
    SELECT s.person_id, gate.handle_of(s.person_id), s.agreement, s.version, s.language, s.signed_at, s.expires_at
    FROM signatures s WHERE gate.bound('webmaster') OR gate.bound('officer')
    ORDER BY s.signed_at DESC, s.id LIMIT at_most
$$
"""
SIGNATURE_COUNTS = f"""
CREATE FUNCTION gate.signature_counts()
RETURNS TABLE (agreement varchar, version integer, counting bigint, ending bigint, over bigint)
LANGUAGE sql STABLE {_HEAD}
    SELECT last.agreement, last.version,
        count(*) FILTER (WHERE last.ends_at > now()),
        count(*) FILTER (WHERE last.ends_at > now() AND last.ends_at <= now() + interval '60 days'),
        count(*) FILTER (WHERE last.ends_at <= now())
    FROM (
        SELECT s.agreement, s.version, max(coalesce(s.expires_at, 'infinity')) AS ends_at
        FROM signatures s GROUP BY s.agreement, s.version, s.person_id
    ) AS last
    WHERE gate.bound('webmaster') OR gate.bound('officer') GROUP BY last.agreement, last.version ORDER BY 1, 2
$$
"""
# For the job that reminds: identities alone; it then writes in the name of each.
ENDING_SIGNATURES = f"""
CREATE FUNCTION gate.ending_signatures(asked_days integer[])
RETURNS TABLE (person_id uuid, agreement varchar, ends_at timestamptz, days integer, portal text)
LANGUAGE sql STABLE {_HEAD}
    SELECT due.person_id, due.agreement, due.ends_at, due.days, gate.home_of(due.person_id) FROM (
        SELECT s.person_id, s.agreement, max(s.expires_at) AS ends_at,
            (SELECT min(d) FROM unnest(asked_days) AS d WHERE max(s.expires_at) <= now() + make_interval(days => d))
                AS days
        FROM signatures s JOIN role_grants r ON r.person_id = s.person_id
        WHERE s.version = gate.agreement_version(s.agreement::text)
        GROUP BY s.person_id, s.agreement
    ) AS due
    WHERE due.ends_at > now() AND due.days IS NOT NULL AND NOT EXISTS (
        SELECT FROM agreement_reminders a
        WHERE a.person_id = due.person_id AND a.agreement = due.agreement AND a.ends_at = due.ends_at
        AND a.days <= due.days
    )
$$
"""

# As in 0006, with one condition more: a signature that has ended opens nothing.
OPEN_SESSION = """
CREATE FUNCTION gate.open_session(asked_hash bytea, asked_tenant text)
RETURNS TABLE (session_id uuid, person_id uuid, language varchar, member boolean, roles varchar[],
               signatures text[], pin_needed boolean, has_pin boolean, confirmed_at timestamptz,
               second_factor boolean, has_second_factor boolean, restricted boolean, blocked boolean,
               consented_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE session record;
BEGIN
    SELECT s.id, s.person_id, s.pin_needed, s.confirmed_at, s.second_factor_at INTO session FROM sessions s
    WHERE s.secret_hash = asked_hash AND s.tenant_id = asked_tenant AND s.started_at > now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.viewer', session.person_id::text, true);
    RETURN QUERY SELECT session.id, session.person_id, p.language,
        EXISTS (SELECT FROM memberships m WHERE m.person_id = session.person_id AND m.tenant_id = asked_tenant
                AND m.suspended_at IS NULL),
        ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = session.person_id),
        ARRAY(SELECT g.agreement || ':' || g.version FROM signatures g
              WHERE g.person_id = session.person_id AND (g.expires_at IS NULL OR g.expires_at > now())),
        session.pin_needed, c.pin_hash IS NOT NULL, session.confirmed_at, session.second_factor_at IS NOT NULL,
        EXISTS (SELECT FROM totps t WHERE t.person_id = session.person_id AND t.set_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = session.person_id),
        p.restricted_at IS NOT NULL, p.blocked_at IS NOT NULL,
        (SELECT max(y.version) FROM consents y WHERE y.person_id = session.person_id AND y.tenant_id = asked_tenant
         AND NOT EXISTS (SELECT FROM consent_withdrawals n WHERE n.person_id = y.person_id
                         AND n.tenant_id = asked_tenant AND n.withdrawn_at >= y.given_at))
    FROM persons p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = session.person_id;
END $$
"""
BOUND_AS = f"""
CREATE FUNCTION gate.bound_as(asked_version integer) RETURNS text LANGUAGE sql STABLE {_HEAD}
    SELECT r.role FROM role_grants r
    WHERE r.person_id = {_ME} AND asked_version = gate.agreement_version('confidentiality') AND gate.bound(r.role)
$$
"""

FUNCTIONS = {
    "agreement_version(text)": AGREEMENT_VERSION,
    "bound(text)": BOUND,
    "looked_at()": LOOKED_AT,
    "home_of(uuid)": HOME_OF,
    "handle_of(uuid)": HANDLE_OF,
    "open_look(text, text, uuid, uuid, text)": OPEN_LOOK,
    "look(uuid)": LOOK,
    "account_of(uuid)": ACCOUNT_OF,
    "act_on(uuid, text, text)": ACT_ON,
    "change_role(text, text, text, text, uuid)": CHANGE_ROLE,
    "role_holders()": ROLE_HOLDERS,
    "recent_acts(text[], integer)": RECENT_ACTS,
    "portal_counts(text[], integer)": PORTAL_COUNTS,
    "unsent_mails(integer)": UNSENT_MAILS,
    "send_again(uuid)": SEND_AGAIN,
    "drop_mail(uuid)": DROP_MAIL,
    "signature_register(integer)": SIGNATURE_REGISTER,
    "signature_counts()": SIGNATURE_COUNTS,
    "ending_signatures(integer[])": ENDING_SIGNATURES,
}
# Those of 0006 that look at a signature are made anew.
REPLACED = {"open_session(bytea, text)": OPEN_SESSION, "bound_as(integer)": BOUND_AS}
