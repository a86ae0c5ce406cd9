"""Prices have one writer, and their history is append-only: kept by the database.

``price_change()`` sets ``storefront.price_writer`` for its transaction; without
it, writing a price by any other way (ORM, bulk, SQL) is refused.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION storefront_price_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('storefront.price_writer', true), '') <> 'price_change' THEN
        RAISE EXCEPTION 'Prices are written by price_change() alone (table %)', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER stockrecord_price_insert BEFORE INSERT ON partner_stockrecord
    FOR EACH ROW WHEN (NEW.price IS NOT NULL) EXECUTE FUNCTION storefront_price_guard();
CREATE TRIGGER stockrecord_price_update BEFORE UPDATE ON partner_stockrecord
    FOR EACH ROW WHEN (
        NEW.price IS DISTINCT FROM OLD.price
        OR (NEW.price IS NOT NULL AND NEW.price_currency IS DISTINCT FROM OLD.price_currency)
    ) EXECUTE FUNCTION storefront_price_guard();
CREATE TRIGGER pricewindow_write BEFORE INSERT OR UPDATE ON partner_pricewindow
    FOR EACH ROW EXECUTE FUNCTION storefront_price_guard();
CREATE TRIGGER pricechange_insert BEFORE INSERT ON partner_pricechange
    FOR EACH ROW EXECUTE FUNCTION storefront_price_guard();

CREATE FUNCTION storefront_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- Only references may go, when what they name is deleted.
        IF (NEW.stockrecord_id IS NULL OR NEW.stockrecord_id = OLD.stockrecord_id)
           AND (NEW.actor_id IS NULL OR NEW.actor_id = OLD.actor_id)
           AND (to_jsonb(NEW) - 'stockrecord_id' - 'actor_id')
             = (to_jsonb(OLD) - 'stockrecord_id' - 'actor_id') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The history of prices is append-only'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER pricechange_append_only BEFORE UPDATE OR DELETE ON partner_pricechange
    FOR EACH ROW EXECUTE FUNCTION storefront_append_only();
"""

UNGUARD = """
DROP TRIGGER pricechange_append_only ON partner_pricechange;
DROP FUNCTION storefront_append_only();
DROP TRIGGER pricechange_insert ON partner_pricechange;
DROP TRIGGER pricewindow_write ON partner_pricewindow;
DROP TRIGGER stockrecord_price_update ON partner_stockrecord;
DROP TRIGGER stockrecord_price_insert ON partner_stockrecord;
DROP FUNCTION storefront_price_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("partner", "1002_prices")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
