(* A closed table of states proves a network right on every word.

   [check] is a program; [check_sound] says what its answer [true] means. The table is a list of
   entries: the states of all layers, the number of the code nearest to each, the state of the
   machine, and for each letter the number of the entry that it leads to. *)

From Coq Require Import ZArith Bool List Lia FMapPositive.
From Negeig Require Import Floating Network.
Import ListNotations.
Open Scope Z_scope.

Section Closure.

Variable A : arithmetic.

Record entry := {
  vectors : list (list (num A));
  decoded : list index;
  state : index;
  targets : list index
}.

Fixpoint equal_vectors (x y : list (num A)) : bool :=
  match x, y with
  | [], [] => true
  | a :: x, b :: y => equal A a b && equal_vectors x y
  | _, _ => false
  end.

Lemma equal_vectors_sound x y : equal_vectors x y = true -> x = y.
Proof.
  revert y; induction x as [|a x IH]; intros [|b y]; simpl; try discriminate; trivial.
  intro H. apply andb_prop in H as [H K]. f_equal; [now apply (equal_sound A)|auto].
Qed.

Fixpoint equal_states (x y : list (list (num A))) : bool :=
  match x, y with
  | [], [] => true
  | a :: x, b :: y => equal_vectors a b && equal_states x y
  | _, _ => false
  end.

Lemma equal_states_sound x y : equal_states x y = true -> x = y.
Proof.
  revert y; induction x as [|a x IH]; intros [|b y]; simpl; try discriminate; trivial.
  intro H. apply andb_prop in H as [H K]. f_equal; [now apply equal_vectors_sound|auto].
Qed.

(* The least square of the distance of two codes, times scale^2; at most [least]. *)
Fixpoint apart (c d : list Z) : Z :=
  match c, d with
  | x :: c, y :: d => (x - y) * (x - y) + apart c d
  | _, _ => 0
  end.

Definition gap_to (c : list Z) (l : list (list Z)) (least : Z) : Z :=
  fold_left (fun m d => Z.min m (apart c d)) l least.

Fixpoint gap (l : list (list Z)) (least : Z) : Z :=
  match l with
  | [] => least
  | c :: rest => gap rest (gap_to c rest least)
  end.

(* Whether the code of this number is the nearest: at once where the state is nearer to it than
   half of the gap between codes, else by looking at all. *)
Definition decodes (L : layer A) (m : Z) (t : PositiveMap.t (list Z)) (h : list (num A)) (k : index)
  : bool :=
  match point A h, get k t with
  | Some (p, d), Some c =>
      if 4 * distance (scale A L) d c p <? d * d * m then true
      else match nearest A L h with Some j => Pos.eqb j k | None => false end
  | _, _ => false
  end.

(* The square of a gap wide enough for every list of codes with at most one. *)
Definition wide : Z := 1.

Definition prepared (L : layer A) : layer A * Z * PositiveMap.t (list Z) :=
  (L, match codes A L with
      | c :: d :: _ => gap (codes A L) (apart c d)
      | _ => wide
      end, array (codes A L)).

Fixpoint decoded_right (prep : list (layer A * Z * PositiveMap.t (list Z)))
  (h : list (list (num A))) (k : list index) : bool :=
  match prep, h, k with
  | [], [], [] => true
  | (L, m, t) :: prep, x :: h, c :: k => decodes L m t x c && decoded_right prep h k
  | _, _, _ => false
  end.

(* The symbol emitted on the way from one vector of states to another, if a letter leads there. *)
Fixpoint edge (layers : list (layer A)) (from to : list (list (num A))) (k : list index)
  (a : index) : option index :=
  match layers, from, to, k with
  | [], [], [], [] => Some a
  | L :: layers, h :: from, g :: to, c :: k =>
      match get a (steps A L) with
      | None => None
      | Some own =>
          if equal_vectors (read A own h) g then
            match emitted A L c a with Some b => edge layers from to k b | None => None end
          else None
      end
  | _, _, _, _ => None
  end.

Fixpoint edges (N : network A) (M : machine) (t : PositiveMap.t entry) (e : entry) (a : index)
  (l : list index) : bool :=
  match l with
  | [] => true
  | j :: rest =>
      match get j t with
      | None => false
      | Some f =>
          match edge (layers A N) (vectors e) (vectors f) (decoded f) a,
                successor M (state e) a with
          | Some symbol, Some p =>
              Pos.eqb p (state f) &&
              match get symbol (outputs A N), get p (output_of M) with
              | Some x, Some y => x =? y
              | _, _ => false
              end
          | _, _ => false
          end && edges N M t e (Pos.succ a) rest
      end
  end.

(* [letters] letters, numbered from 1. *)
Definition check (letters : nat) (N : network A) (M : machine) (table : list entry) : bool :=
  let t := array table in
  let prep := map prepared (layers A N) in
  match table with
  | [] => false
  | e :: _ =>
      equal_states (initial A N) (vectors e) && Pos.eqb (start M) (state e) &&
      match get (start M) (output_of M) with Some y => empty A N =? y | None => false end
  end &&
  forallb (fun e =>
    decoded_right prep (vectors e) (decoded e) &&
    Nat.eqb (length (targets e)) letters && edges N M t e 1 (targets e)) table.

Definition word (letters : nat) (w : list index) : Prop :=
  forall a, In a w -> (Pos.to_nat a <= letters)%nat.

(* What lookups give is in the list. *)
Lemma get_insert {B} (l : list B) i t k x :
  get k (insert i l t) = Some x -> In x l \/ get k t = Some x.
Proof.
  revert i t; induction l as [|y l IH]; simpl; intros i t H; [now right|].
  destruct (IH _ _ H) as [K|K]; [now left; right|].
  destruct (Pos.eq_dec k i) as [->|D].
  - rewrite PositiveMap.gss in K. injection K as ->. now left; left.
  - rewrite PositiveMap.gso in K by assumption. now right.
Qed.

Lemma get_array {B} (l : list B) k x : get k (array l) = Some x -> In x l.
Proof.
  intro H. destruct (get_insert _ _ _ _ _ H) as [K|K]; trivial.
  now rewrite PositiveMap.gempty in K.
Qed.

(* Exactly which element: that of the number. *)
Lemma get_insert_nth {B} (l : list B) i t k x :
  get k (insert i l t) = Some x ->
  nth_error l (Pos.to_nat k - Pos.to_nat i) = Some x /\ (i <= k)%positive \/ get k t = Some x.
Proof.
  revert i t; induction l as [|y l IH]; simpl; intros i t H; [now right|].
  destruct (IH _ _ H) as [[K C]|K].
  - left. split; [|lia].
    replace (Pos.to_nat k - Pos.to_nat i)%nat
      with (S (Pos.to_nat k - Pos.to_nat (Pos.succ i)))%nat by lia. exact K.
  - destruct (Pos.eq_dec k i) as [->|D].
    + rewrite PositiveMap.gss in K. injection K as ->. left. rewrite Nat.sub_diag. split; [easy|lia].
    + rewrite PositiveMap.gso in K by assumption. now right.
Qed.

Lemma get_array_nth {B} (l : list B) k x :
  get k (array l) = Some x -> nth_error l (pred (Pos.to_nat k)) = Some x.
Proof.
  intro H. destruct (get_insert_nth _ _ _ _ _ H) as [[K _]|K].
  - now replace (pred (Pos.to_nat k)) with (Pos.to_nat k - Pos.to_nat 1)%nat by lia.
  - now rewrite PositiveMap.gempty in K.
Qed.

(* Two codes are no farther apart than twice the farther distance from a point. *)
Lemma apart_distance s d c e p :
  d * d * apart c e <= 2 * distance s d c p + 2 * distance s d e p.
Proof.
  assert (P : forall l p, 0 <= distance s d l p).
  { induction l as [|y l IH]; simpl; intro q; [lia|]. specialize (IH (tl q)).
    pose proof (Z.square_nonneg (y * d - s * hd 0 q)). lia. }
  revert e p; induction c as [|x c IH]; intros [|y e] p.
  - cbn [apart distance]. lia.
  - pose proof (P (y :: e) p). change (apart [] (y :: e)) with 0.
    change (distance s d [] p) with 0. lia.
  - pose proof (P (x :: c) p). change (apart (x :: c) []) with 0.
    change (distance s d [] p) with 0. lia.
  - cbn [apart distance]. specialize (IH e (tl p)).
    set (u := x * d - s * hd 0 p). set (v := y * d - s * hd 0 p).
    assert (E : d * d * ((x - y) * (x - y)) = (u - v) * (u - v)) by (unfold u, v; ring).
    assert (F : 0 <= (u + v) * (u + v)) by apply Z.square_nonneg.
    rewrite Z.mul_add_distr_l, E.
    replace ((u - v) * (u - v)) with (2 * (u * u) + 2 * (v * v) - (u + v) * (u + v)) by ring.
    fold u v in IH |- *. lia.
Qed.

Lemma gap_to_least c l least : gap_to c l least <= least.
Proof.
  revert least; induction l; simpl; intro least; [lia|].
  unfold gap_to in *; simpl. specialize (IHl (Z.min least (apart c a))). lia.
Qed.

Lemma gap_to_all c l least e : In e l -> gap_to c l least <= apart c e.
Proof.
  revert least; induction l as [|a l IH]; simpl; intros least H; [easy|].
  unfold gap_to; simpl; fold (gap_to c l (Z.min least (apart c a))).
  destruct H as [->|H]; [|now apply IH].
  pose proof (gap_to_least c l (Z.min least (apart c e))). lia.
Qed.

Lemma gap_least l least : gap l least <= least.
Proof.
  revert least; induction l as [|c l IH]; simpl; intro least; [lia|].
  pose proof (IH (gap_to c l least)). pose proof (gap_to_least c l least). lia.
Qed.

Lemma apart_sym c e : apart c e = apart e c.
Proof. revert e; induction c as [|x c IH]; intros [|y e]; simpl; trivial. rewrite IH. ring. Qed.

Lemma gap_all l least i j c e : nth_error l i = Some c -> nth_error l j = Some e ->
  i <> j -> gap l least <= apart c e.
Proof.
  revert least i j; induction l as [|a l IH]; intros least i j H K D; [now destruct i|].
  simpl. destruct i as [|i], j as [|j]; [easy| | |]; simpl in *.
  - injection H as <-. pose proof (gap_least l (gap_to a l least)).
    pose proof (gap_to_all a l least e (nth_error_In _ _ K)). lia.
  - injection K as <-. pose proof (gap_least l (gap_to a l least)).
    pose proof (gap_to_all a l least c (nth_error_In _ _ H)). rewrite apart_sym. lia.
  - apply (IH _ i j); trivial. lia.
Qed.

Lemma scan_stays L d p l : forall i best least x,
  (forall j e, nth_error l j = Some e -> x < distance (scale A L) d e p) -> least <= x ->
  scan A L d p l i best least = best.
Proof.
  induction l as [|e l IH]; simpl; intros i best least x H C; trivial.
  pose proof (H 0%nat e eq_refl). destruct (Z.ltb_spec (distance (scale A L) d e p) least); [lia|].
  apply (IH _ _ _ x); trivial. intros j f F. now apply (H (S j) f).
Qed.

(* A code strictly nearer than every other one is what the scan finds. *)
Lemma scan_nearest L d p l : forall i best least k c,
  (forall j e, nth_error l j = Some e -> j <> k ->
    distance (scale A L) d c p < distance (scale A L) d e p) ->
  nth_error l k = Some c -> distance (scale A L) d c p < least ->
  scan A L d p l i best least = Pos.of_nat (Pos.to_nat i + k).
Proof.
  induction l as [|e l IH]; intros i best least k c H K C; [now destruct k|].
  simpl. destruct k as [|k].
  - simpl in K. injection K as ->. destruct (Z.ltb_spec (distance (scale A L) d c p) least); [|lia].
    rewrite (scan_stays _ _ _ _ _ _ _ (distance (scale A L) d c p)); [|intros j f F|lia].
    + now rewrite Nat.add_0_r, Pos2Nat.id.
    + now apply (H (S j) f).
  - assert (E : distance (scale A L) d c p < distance (scale A L) d e p) by now apply (H 0%nat e).
    assert (R : forall j f, nth_error l j = Some f -> j <> k ->
      distance (scale A L) d c p < distance (scale A L) d f p).
    { intros j f F D. apply (H (S j) f); trivial. lia. }
    replace (Pos.to_nat i + S k)%nat with (Pos.to_nat (Pos.succ i) + k)%nat by lia.
    destruct (distance (scale A L) d e p <? least); apply (IH _ _ _ k c); trivial.
Qed.

Lemma decodes_sound L k h :
  (let '(L, m, t) := prepared L in decodes L m t h k) = true -> nearest A L h = Some k.
Proof.
  unfold prepared, decodes. destruct (point A h) as [[p d]|] eqn:E; [|discriminate].
  destruct (get k (array (codes A L))) as [c|] eqn:K; [|discriminate].
  set (m := match codes A L with c :: d :: _ => _ | _ => _ end).
  destruct (Z.ltb_spec (4 * distance (scale A L) d c p) (d * d * m)) as [C|C].
  - intros _. apply get_array_nth in K.
    assert (F : forall j e, nth_error (codes A L) j = Some e -> j <> pred (Pos.to_nat k) ->
      distance (scale A L) d c p < distance (scale A L) d e p).
    { intros j e J D.
      assert (G : m <= apart c e).
      { unfold m. destruct (codes A L) as [|a [|b l]] eqn:R.
        - now destruct j.
        - destruct j as [|[|]]; destruct (pred (Pos.to_nat k)) as [|[|]]; simpl in *; try discriminate.
          now elim D.
        - apply (gap_all _ _ (pred (Pos.to_nat k)) j); trivial. lia. }
      pose proof (apart_distance (scale A L) d c e p). nia. }
    unfold nearest. rewrite E. destruct (codes A L) as [|a l] eqn:R.
    { now destruct (pred (Pos.to_nat k)). }
    f_equal. destruct (pred (Pos.to_nat k)) as [|n] eqn:P; simpl in K.
    + injection K as ->. assert (k = 1%positive) as -> by lia.
      apply (scan_stays _ _ _ _ _ _ _ (distance (scale A L) d c p)); [|lia].
      intros j e J. now apply (F (S j) e).
    + rewrite (scan_nearest L d p l 2 1 _ n c); trivial.
      * lia.
      * intros j e J D. apply (F (S j) e); trivial. lia.
      * now apply (F 0%nat a).
  - destruct (nearest A L h) as [j|]; [|discriminate].
    intro H. apply Pos.eqb_eq in H. now subst.
Qed.

Lemma edge_sound Ls from to k a b :
  edge Ls from to k a = Some b -> decoded_right (map prepared Ls) to k = true ->
  net_step A Ls from a = Some (to, b).
Proof.
  revert from to k a; induction Ls as [|L Ls IH]; intros [|h from] [|g to] [|c k] a;
    simpl; try discriminate.
  - intros H _. now injection H as ->.
  - destruct (get a (steps A L)) as [own|]; [|discriminate].
    destruct (equal_vectors (read A own h) g) eqn:E; [|discriminate].
    apply equal_vectors_sound in E as ->. intros H D.
    apply andb_prop in D as [D R]. rewrite (decodes_sound L c g D).
    destruct (emitted A L c a) as [s|]; [|discriminate].
    now rewrite (IH _ _ _ _ H R).
Qed.

Variables (letters : nat) (N : network A) (M : machine) (table : list entry).

Lemma edges_sound e l i a j :
  edges N M (array table) e i l = true ->
  nth_error l j = Some a ->
  exists f symbol x, In f table /\
    edge (layers A N) (vectors e) (vectors f) (decoded f) (Pos.of_nat (Pos.to_nat i + j)) = Some symbol /\
    successor M (state e) (Pos.of_nat (Pos.to_nat i + j)) = Some (state f) /\
    get symbol (outputs A N) = Some x /\ get (state f) (output_of M) = Some x.
Proof.
  revert i j; induction l as [|t l IH]; simpl; intros i j H J; [now destruct j|].
  destruct (get t (array table)) as [f|] eqn:F; [|discriminate].
  apply andb_prop in H as [H R]. destruct j as [|j].
  - rewrite Nat.add_0_r, Pos2Nat.id.
    destruct (edge (layers A N) (vectors e) (vectors f) (decoded f) i) as [s|] eqn:E; [|discriminate].
    destruct (successor M (state e) i) as [p|] eqn:S; [|discriminate].
    apply andb_prop in H as [Q H]. apply Pos.eqb_eq in Q as ->.
    destruct (get s (outputs A N)) as [x|] eqn:X; [|discriminate].
    destruct (get (state f) (output_of M)) as [y|] eqn:Y; [|discriminate].
    apply Z.eqb_eq in H as ->. exists f, s, y. repeat split; trivial.
    now apply (get_array _ t).
  - simpl in J. replace (Pos.to_nat i + S j)%nat with (Pos.to_nat (Pos.succ i) + j)%nat by lia.
    now apply IH.
Qed.

(* The network's output after every word is the machine's. *)
Theorem check_sound : check letters N M table = true ->
  forall w, word letters w -> exists x, run A N w = Some x /\ machine_run M (start M) w = Some x.
Proof.
  unfold check. intro H. apply andb_prop in H as [I H]. rewrite forallb_forall in H.
  assert (G : forall w e o, In e table -> get (state e) (output_of M) = Some o ->
    word letters w -> exists x,
    run_from A N (vectors e) o w = Some x /\ machine_run M (state e) w = Some x).
  { induction w as [|a w IH]; intros e o T O W; simpl; [now exists o|].
    pose proof (H _ T) as C. apply andb_prop in C as [C K]. apply andb_prop in C as [_ C].
    apply Nat.eqb_eq in C. pose proof (W a (or_introl eq_refl)) as B.
    destruct (nth_error (targets e) (pred (Pos.to_nat a))) as [j|] eqn:J.
    2: { apply nth_error_None in J. lia. }
    destruct (edges_sound _ _ _ _ _ K J) as (f & s & x & F & E & S & X & Y).
    replace (Pos.of_nat (Pos.to_nat 1 + pred (Pos.to_nat a))) with a in * by lia.
    pose proof (H _ F) as D. apply andb_prop in D as [D _]. apply andb_prop in D as [D _].
    rewrite S, (edge_sound _ _ _ _ _ _ E D), X. apply IH; trivial.
    intros b Hb. apply W. now right. }
  intros w W. unfold run. destruct table as [|e l] eqn:T; [discriminate|].
  apply andb_prop in I as [I O]. apply andb_prop in I as [I Q].
  apply equal_states_sound in I. apply Pos.eqb_eq in Q.
  destruct (get (start M) (output_of M)) as [y|] eqn:Y; [|discriminate].
  apply Z.eqb_eq in O. rewrite I, Q, O. apply G; trivial; [now left|]. now rewrite <- Q.
Qed.

End Closure.
