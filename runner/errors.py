"""One class per SQLSTATE of docs/errors.md; psycopg raises them by itself.

`code=` is psycopg's own registration hook. A class is caught like any other error of
psycopg and has `.diag` with message, detail and hint of the SQL function that raised it.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import DatabaseError


class UserError(Exception):
    """Something the user can mend: the command line prints it in one line, and the hint."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UserErrors(UserError):
    """Several of them in one go."""

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__("\n".join(map(str, errors)), errors[0].hint)
        self.errors = tuple(errors)


class PgearsError(DatabaseError):
    """Base of the errors that our own SQL functions raise (class PG)."""


class BadEnvironment(PgearsError, code="PG001"):
    """The environment class is not one of the four known ones."""


class ClockIsReal(PgearsError, code="PG002"):
    """The clock can be set in test and development only."""


class BadSource(PgearsError, code="PG003"):
    """A transaction was to be marked with an unknown data source."""


class FeedReaderLost(PgearsError, code="PG006"):
    """A reader of the change feed is unknown, or would move backwards."""


class ForgedSeal(PgearsError, code="PG008"):
    """A function that believes the account of a seal was called with another account."""


class BadCode(PgearsError, code="PG101"):
    """A code has characters that codes cannot have."""


class ReservedCode(PgearsError, code="PG102"):
    """A column was to have the code of a system column."""


class NameTooLong(PgearsError, code="PG103"):
    """A name would pass the 63 bytes of PostgreSQL."""


class NamesCollide(PgearsError, code="PG104"):
    """Two classes or queries would be shown as one API view."""


class AlreadyThere(PgearsError, code="PG105"):
    """Something of this code exists."""


class NotFound(PgearsError, code="PG106"):
    """Nothing of this code exists."""


class UnknownKey(PgearsError, code="PG110"):
    """A definition has a key that means nothing there."""


class BadValue(PgearsError, code="PG111"):
    """A key of a definition has a value that it cannot have."""


class MissingKey(PgearsError, code="PG112"):
    """A definition lacks a key that it needs."""


class Contradiction(PgearsError, code="PG113"):
    """Two parts of a definition, or a definition and the rows, exclude each other."""


class UnknownClass(PgearsError, code="PG114"):
    """A definition refers to a class that does not exist."""


class CircularInheritance(PgearsError, code="PG115"):
    """A class would inherit from itself."""


class TypeChange(PgearsError, code="PG116"):
    """The type of a column or the parent of a class was to change."""


class Destructive(PgearsError, code="PG117"):
    """A change would lose data and was not allowed to."""


class InTheWay(PgearsError, code="PG118"):
    """Other objects depend on what was to change or go."""


class DoesNotCompile(PgearsError, code="PG119"):
    """A query, calculation or condition is not valid SQL here."""


class NotSupported(PgearsError, code="PG120"):
    """A section of a model file is not supported by this version."""


class Busy(PgearsError, code="PG121"):
    """A class or view is in use and its lock was not to be had in time."""


class AlteredTable(PgearsError, code="PG122"):
    """A class table lacks what its definition says it has."""


class BadRename(PgearsError, code="PG123"):
    """A model file renames from a code that it still has, or twice from one."""


class SeveralMistakes(PgearsError, code="PG124"):
    """A model file has several mistakes; the DETAIL has each with its place and what mends it."""


class ForeignTrigger(PgearsError, code="PG140"):
    """A trigger function of another owner would run with the rights of the system."""


class RowLost(PgearsError, code="PG141"):
    """A trigger dropped or changed a row that a logical deletion keeps."""


class PartitionsStay(PgearsError, code="PG170"):
    """A class with a table would get, lose or change its partitions."""


class ForgedSource(PgearsError, code="PG201"):
    """The data source mark of a transaction was not set by core.set_source."""


class ForgedSystemColumn(PgearsError, code="PG202"):
    """A row was written with system columns, or columns closed to writers, of its own."""


class TruncateRefused(PgearsError, code="PG203"):
    """A class table was to be truncated."""


class ForgedId(PgearsError, code="PG204"):
    """A row was inserted with an id that the system had not given out."""


class LimitsBroken(PgearsError, code="PG210"):
    """A row breaks limits of its class; the message names each of them."""


class NoSuchRow(PgearsError, code="PG211"):
    """A reference to several classes points to no row, or would after a deletion."""


class UnknownKind(PgearsError, code="PG301"):
    """A task was to be stored of a kind that nobody registered."""


class RunnerLost(PgearsError, code="PG302"):
    """A runner that was declared dead wanted to claim tasks."""


class BadOutcome(PgearsError, code="PG303"):
    """A task was to be settled with an unknown outcome."""


class NoFunction(PgearsError, code="PG304"):
    """A task was to run in the database, but its kind names no function there."""


class NoSuchTask(PgearsError, code="PG305"):
    """There is no task of this id to cancel or to redrive."""


class TaskRuns(PgearsError, code="PG306"):
    """A task that runs cannot be cancelled."""


class BadAddress(PgearsError, code="PG401"):
    """A list of recipients or a sender holds what is no mail address."""


class NoRecipients(PgearsError, code="PG402"):
    """A mail was to be sent to nobody."""


class BadHeader(PgearsError, code="PG403"):
    """A value for a header of a mail holds a line break or control character."""


class NoMailAccount(PgearsError, code="PG404"):
    """There is no mail account that could send."""


class NoSuchMail(PgearsError, code="PG405"):
    """There is no mail of this id."""


class WrongMailState(PgearsError, code="PG406"):
    """The state of a mail forbids what was to be done with it."""


class MailLeaseLost(PgearsError, code="PG407"):
    """The lease of a mail or mailbox is lost: another runner has taken it over."""


class MissingOutcome(PgearsError, code="PG408"):
    """The result of an attempt does not name all recipients."""


class BadMailSetting(PgearsError, code="PG409"):
    """A guard, priority or outcome of mail is none of those known."""


class NotQuarantined(PgearsError, code="PG410"):
    """A received message is not quarantined."""


class BadMailboxScript(PgearsError, code="PG411"):
    """A mailbox names a script that does not exist or is of another kind."""


class NoRecordFromScript(PgearsError, code="PG412"):
    """The script of a mailbox gave something that is no record."""


class SenderTooFast(PgearsError, code="PG413"):
    """A sender has filled the rate of a mailbox."""


class UnknownVariable(PgearsError, code="PG425"):
    """A text of a notification or frame names a variable that does not exist there."""


class NoValue(PgearsError, code="PG426"):
    """A variable of a notification has no value when the mail is to be made."""


class BadNotification(PgearsError, code="PG427"):
    """The keys of a notification or frame do not go together."""


class BadReply(PgearsError, code="PG428"):
    """What a mailbox says about answers does not go together."""


class BadSuffix(PgearsError, code="PG430"):
    """An entry of the blocked suffixes names none."""


class FileRefused(PgearsError, code="PG431"):
    """A file is too large for its column, or has a suffix that is blocked or not taken there."""


class TooManyFiles(PgearsError, code="PG432"):
    """A row has more files than its column takes."""


class FileKept(PgearsError, code="PG433"):
    """A file was to leave a column that keeps its files."""


class RowsLeftOut(PgearsError, code="PG434"):
    """A trigger left out some of several rows that were inserted together."""


class BadMailAccount(PgearsError, code="PG435"):
    """The keys of a mail account do not go together."""


class NoSuchScript(PgearsError, code="PG501"):
    """There is no script of this code, or more than one."""


class ScriptFailed(PgearsError, code="PG502"):
    """A script has set an error; what it wrote is undone."""


class SwitchedOff(PgearsError, code="PG503"):
    """A script, workflow or job is switched off, by itself or by the integration switch."""


class Refused(PgearsError, code="PG504"):
    """A rule or script refuses what was to be done."""


class RuleFailed(PgearsError, code="PG505"):
    """The formula, condition or script of a rule failed."""


class RuleLoop(PgearsError, code="PG506"):
    """A rule sets itself off again and again."""


class NoSuchWorkflow(PgearsError, code="PG510"):
    """There is no workflow, or version of one, of this code."""


class BadWorkflow(PgearsError, code="PG511"):
    """The steps of a workflow could not run."""


class WrongRecord(PgearsError, code="PG512"):
    """A workflow was to be started about a row of another class."""


class NoSuchInstance(PgearsError, code="PG513"):
    """There is no instance of this id."""


class WrongInstanceState(PgearsError, code="PG514"):
    """The state of an instance forbids what was to be done with it."""


class NotAssigned(PgearsError, code="PG515"):
    """A task of a workflow is nobody's, or not the caller's."""


class BadEvent(PgearsError, code="PG516"):
    """An event has no code, or a scope that is not known."""


class StepFailed(PgearsError, code="PG517"):
    """A step of a workflow could not come to its end."""


class TaskNotOpen(PgearsError, code="PG518"):
    """A task of a workflow is completed, too late, or not there."""


class BadTaskOutcome(PgearsError, code="PG519"):
    """A task of a workflow was to end in a way that it does not have."""


class NoSuchJob(PgearsError, code="PG520"):
    """There is no job of this code, or more than one."""


class BadSchedule(PgearsError, code="PG521"):
    """A cron expression, time or time zone of a job cannot be read."""


class BadJobStep(PgearsError, code="PG522"):
    """A step of a job cannot be read."""


class BadTarget(PgearsError, code="PG540"):
    """The definition of a target has a value that no target can have."""


class NoSuchTarget(PgearsError, code="PG541"):
    """There is no target of this name, or more than one."""


class BadCall(PgearsError, code="PG542"):
    """A call has a path, method, header or body that cannot be sent."""


class BodyTooLarge(PgearsError, code="PG543"):
    """The body of a call is larger than its target takes."""


class NoSuchCall(PgearsError, code="PG544"):
    """There is no call of this number."""


class CallTakenOver(PgearsError, code="PG545"):
    """The lease of a call was lost while it was made."""


class WrongCallState(PgearsError, code="PG546"):
    """The state of a call does not allow what was asked."""


class BadCallSetting(PgearsError, code="PG547"):
    """A guard, retention or outcome of calls was given that does not exist."""


class CallFailed(PgearsError, code="PG548"):
    """A call of a workflow ended in a way that its step does not name."""


class NotAllowed(PgearsError, code="PG560"):
    """An account lacks the right for what it asked."""


class DoorClosed(PgearsError, code="PG561"):
    """A script, workflow or job was called from outside and is not open to that."""


class DoorsClosed(PgearsError, code="PG562"):
    """Something was called from outside while such calls are switched off."""


class BadAction(PgearsError, code="PG563"):
    """An instance of a workflow was told to do what it cannot do."""


class NoSuchLink(PgearsError, code="PG564"):
    """There is no link with this token."""


class BadLink(PgearsError, code="PG565"):
    """A link was to be made for what no link can do, or for too long."""


class WebServiceOff(PgearsError, code="PG600"):
    """The web service of the instance is switched off."""


class NotServed(PgearsError, code="PG601"):
    """A class was asked for that the web service does not serve."""


class NoWebAccount(PgearsError, code="PG602"):
    """A token names a role that is no account, or a superuser."""


class WebAccountSuspended(PgearsError, code="PG603"):
    """A token names an account that is suspended."""


class BadIdempotencyKey(PgearsError, code="PG604"):
    """The header Idempotency-Key of a request cannot be used."""


class KeyReused(PgearsError, code="PG605"):
    """An Idempotency-Key was sent again with another request."""


class TooManyRequests(PgearsError, code="PG606"):
    """An account has sent more requests a minute than PGEARS_WEB_RATE allows."""


class RequestTooLong(PgearsError, code="PG607"):
    """A request took longer than PGEARS_WEB_REQUEST_TIMEOUT."""


class RequestTooLarge(PgearsError, code="PG608"):
    """The body of a request is larger than PGEARS_WEB_MAX_BODY, or has too many records."""


class UnclearKey(PgearsError, code="PG609"):
    """An upsert does not say by which key records of a class are the same."""


class ReadOnlyRelation(PgearsError, code="PG610"):
    """A relation that cannot be written was to be written by the web service."""


class NotHttp(PgearsError, code="PG611"):
    """What a client sent is not HTTP/1.1, or the head of its request is too large."""


class BadPage(PgearsError, code="PG630"):
    """The pages of a class name a column that there is not, or a page size that cannot be."""


class NoAccountOfPages(PgearsError, code="PG631"):
    """Somebody logged in at the pages who is no account of the instance, or is suspended."""


class BadClassicFilter(PgearsError, code="PG632"):
    """A filter in the classic form cannot be read, or does not fit its column."""


class TooManyLogins(PgearsError, code="PG633"):
    """Somebody tried too many passwords."""


class WrongLogin(PgearsError, code="PG634"):
    """Login or password is wrong."""


class NoSuchPage(PgearsError, code="PG635"):
    """There is no such page, record or file for this account."""


class ForeignForm(PgearsError, code="PG636"):
    """A form was not made for this session or site."""


class BadPageAddress(PgearsError, code="PG637"):
    """An address of a page says something that there is not."""


class NoSuchReference(PgearsError, code="PG638"):
    """The text in a reference field is no record's, or several records'."""


class RecordNotChanged(PgearsError, code="PG639"):
    """A record was changed by somebody else meanwhile, or no role lets the account change it."""


class FormTooLarge(PgearsError, code="PG640"):
    """A form is larger than PGEARS_WEB_MAX_BODY, or does not say how large it is."""


class NoSuchImport(PgearsError, code="PG700"):
    """There is no import of this code, or more than one."""


class BadImport(PgearsError, code="PG701"):
    """The keys of an import do not go together, or a column cannot be imported."""


class NoSuchRun(PgearsError, code="PG702"):
    """There is no run of an import or export of this number."""


class BatchSwitchedOff(PgearsError, code="PG703"):
    """An import or export is switched off, by itself or by the integration switch."""


class RunTakenOver(PgearsError, code="PG704"):
    """A run of an import or export is another process's now."""


class WrongColumns(PgearsError, code="PG705"):
    """The columns of a file are not those that its import expects."""


class NothingToReach(PgearsError, code="PG706"):
    """The account of an import or export may not reach the class, or it has no API view."""


class MayNotStart(PgearsError, code="PG707"):
    """An account may not start an import or export, or not with this file."""


class NoSuchExport(PgearsError, code="PG710"):
    """There is no export of this code, or more than one."""


class BadExport(PgearsError, code="PG711"):
    """The keys of an export do not go together."""


class NoSuchSync(PgearsError, code="PG740"):
    """There is no synchronisation of this code."""


class SyncRightMissing(PgearsError, code="PG741"):
    """An account may not do by itself what a synchronisation does."""


class SyncOff(PgearsError, code="PG742"):
    """A synchronisation is switched off."""


class SyncBusy(PgearsError, code="PG743"):
    """A synchronisation is being done by another process."""


class SyncLeaseLost(PgearsError, code="PG744"):
    """A process went on with a run that another one has taken over."""


class SyncStepFailed(PgearsError, code="PG745"):
    """A synchronisation that a workflow started did not succeed."""


class BadPeerUrl(PgearsError, code="PG801"):
    """The URL of a peer was not given as a reference."""


class ReadingNotOpened(PgearsError, code="PG802"):
    """An account wants to read what it has not opened."""


class ReadingRefused(PgearsError, code="PG803"):
    """An account may not read all rows of a class that another instance wants, or there is none."""


class SameInstance(PgearsError, code="PG804"):
    """Both sides of a replication have the same code."""


class NoClasses(PgearsError, code="PG805"):
    """A subscription names no class."""


class TwoAuthorities(PgearsError, code="PG806"):
    """Both sides of a replication settle conflicts in ways that do not fit."""


class PeerPositionLost(PgearsError, code="PG807"):
    """The position in the feed of a peer means nothing there any more."""


class BadFilter(PgearsError, code="PG808"):
    """The filter of a subscription is on something else than a plain column of its classes."""


class ReadingLeaseLost(PgearsError, code="PG809"):
    """Another runner has taken over a subscription."""


class BadWinner(PgearsError, code="PG810"):
    """A conflict was to be won by something else than source or target."""


class NoOpenConflict(PgearsError, code="PG811"):
    """There is no open conflict of this number."""


class NoSuchRole(PgearsError, code="PG901"):
    """An account was to be registered for a role that does not exist."""


class GroupTaken(PgearsError, code="PG902"):
    """The group role of a role is there already and is not this instance's."""


class RoleExists(PgearsError, code="PG903"):
    """An account was to be made for a PostgreSQL role that exists."""


class AccountDropped(PgearsError, code="PG904"):
    """The PostgreSQL role of an account was dropped."""


class NotAVerifier(PgearsError, code="PG905"):
    """A password was given as it is, not as a SCRAM verifier."""


class BadLogin(PgearsError, code="PG906"):
    """A login was given that no account can have."""


class NoSuchAccount(PgearsError, code="PG907"):
    """There is no account of this login."""


class NoSuchPgearsRole(PgearsError, code="PG908"):
    """There is no role of this code, or not in this model."""


class MembershipStays(PgearsError, code="PG909"):
    """A membership could not be revoked, because somebody else has granted it."""


class CircularStructure(PgearsError, code="PG910"):
    """A unit of a structure would be its own superior."""


class StructureDoesNotFit(PgearsError, code="PG911"):
    """A structure names a column or class that cannot make it."""


class NoSuchStructure(PgearsError, code="PG912"):
    """There is no organisation structure of this code."""


class BadRight(PgearsError, code="PG914"):
    """A right of a role does not fit what it is about."""


class HiddenColumnShows(PgearsError, code="PG915"):
    """Roles together would show a column that one of them hides."""


class MassRightMissing(PgearsError, code="PG916"):
    """A statement touches more rows of a class than the account may without the mass right."""


class ForeignFile(PgearsError, code="PG917"):
    """A row was written with a file that its writer may not read."""


class DoesNotInherit(PgearsError, code="PG918"):
    """A PostgreSQL role does not inherit rights from its groups."""


class Copy(PgearsError, code="PG960"):
    """The database is a copy that was not told its environment, so nothing leaves it."""


class OtherEnvironment(PgearsError, code="PG961"):
    """A process was started for another environment than that of the instance."""


class ProcessTooOld(PgearsError, code="PG962"):
    """The schema has left the version of this process behind."""


class SchemaTooOld(PgearsError, code="PG963"):
    """The schema is older than the version of this process."""


class NoSuchProcess(PgearsError, code="PG980"):
    """A service login was to be made for a kind of process that there is not."""


class NotLent(PgearsError, code="PG981"):
    """The login of the web service may not take on an account."""


class LentSuperuser(PgearsError, code="PG982"):
    """An import or export is defined with an account that passes row security or makes roles."""
