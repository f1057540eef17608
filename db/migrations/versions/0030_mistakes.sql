-- Checks of model files tell all mistakes: those that stopped at the first have gone.

drop function if exists meta.check_code_at(text, text, text);
drop function if exists meta.check_languages(jsonb);
drop function if exists meta.check_parameters(jsonb);
drop function if exists meta.check_sections(jsonb);
drop function if exists meta.check_inheritance(jsonb);
drop function if exists meta.check_class_names(jsonb);
drop function if exists meta.check_column_names(jsonb);
drop function if exists meta.check_keys(jsonb);
drop function if exists meta.check_descriptions(jsonb);
drop function if exists meta.check_joined_names(jsonb);
drop function if exists meta.check_renames(jsonb);
drop function if exists meta.check_fixed(jsonb);
drop function if exists meta.check_literal(jsonb, text, text);
drop function if exists meta.check_pattern(text, text);
drop function if exists meta.check_default(jsonb, text);
drop function if exists meta.apply_step(text, jsonb);

-- Nobody used these of the change feed: readers go by feed.read_changes().

drop view if exists feed.changed_row;
drop function if exists feed.horizon();
